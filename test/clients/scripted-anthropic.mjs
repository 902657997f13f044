// A Messages API on loopback that says what a script tells it: which tool a client is asked to call, and when to stop.
import { createServer } from 'node:http';

const USAGE = { input_tokens: 1, output_tokens: 1, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };

/**
 * Serves until closed. `script()` gives the calls of the present run, `{ tool, input }` each; how many results a
 * request holds says which comes next, so repeated requests do no harm. `results` collects what the client sent back.
 */
export async function serveScript(script) {
  const results = [];
  let answers = 0;
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk;
    const path = request.url.split('?')[0];
    if (path.endsWith('/count_tokens')) return json(response, 200, { input_tokens: 1 });
    if (request.method !== 'POST' || path !== '/v1/messages') {
      return json(response, 404, { type: 'error', error: { type: 'not_found_error', message: 'not found' } });
    }
    const asked = JSON.parse(text);
    const blocks = asked.messages.flatMap((one) => (Array.isArray(one.content) ? one.content : []));
    const back = blocks.filter((block) => block.type === 'tool_result');
    const next = asked.tools?.length ? script()[back.length] : undefined;
    if (back.length) results.push(...back);
    answers += 1;
    const block = next
      ? { type: 'tool_use', id: `toolu_${process.pid}_${answers}`, name: next.tool, input: next.input }
      : { type: 'text', text: 'done' };
    answer(response, asked, block, `msg_${answers}`);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${server.address().port}`, results, close };
}

function answer(response, asked, block, id) {
  const message = { id, type: 'message', role: 'assistant', model: asked.model, stop_sequence: null, usage: USAGE };
  const stopReason = block.type === 'tool_use' ? 'tool_use' : 'end_turn';
  if (!asked.stream) return json(response, 200, { ...message, content: [block], stop_reason: stopReason });
  const delta =
    block.type === 'tool_use'
      ? { type: 'input_json_delta', partial_json: JSON.stringify(block.input) }
      : { type: 'text_delta', text: block.text };
  const empty = block.type === 'tool_use' ? { ...block, input: {} } : { ...block, text: '' };
  const events = [
    { type: 'message_start', message: { ...message, content: [], stop_reason: null } },
    { type: 'content_block_start', index: 0, content_block: empty },
    { type: 'content_block_delta', index: 0, delta },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: stopReason, stop_sequence: null }, usage: USAGE },
    { type: 'message_stop' },
  ];
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''));
}

function json(response, status, value) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
