import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAnswerRedactor, redactLine } from './redact-answers.ts';

const mask = (text: string): string => text.replaceAll('hunter2', '[secret]');

function open(options: { on?: () => boolean; maxLine?: number } = {}) {
  const out: Buffer[] = [];
  const reports: string[] = [];
  const redactor = createAnswerRedactor({
    isOn: options.on ?? (() => true),
    mask,
    forward: (bytes) => out.push(bytes),
    report: (line) => reports.push(line),
    ...(options.maxLine === undefined ? {} : { maxLine: options.maxLine }),
  });
  return { ...redactor, reports, text: () => Buffer.concat(out).toString() };
}

describe('what a server says', () => {
  it('is masked in results, errors and notifications, keys and the protocol’s own members left alone', () => {
    const redactor = open();
    const result = { content: [{ type: 'text', text: 'password hunter2' }], nextCursor: 'hunter2', hunter2: 1 };
    redactor.push(Buffer.from(`${JSON.stringify({ jsonrpc: '2.0', id: 'hunter2', result })}\n`));
    redactor.push(Buffer.from('{"jsonrpc":"2.0","method":"notifications/message","params":{"data":"hunter2"}}\n'));
    redactor.push(Buffer.from('{"id":1,"error":{"code":1,"message":"hunter2"}}\n'));
    expect(redactor.text()).toBe(
      '{"jsonrpc":"2.0","id":"hunter2","result":{"content":[{"type":"text","text":"password [secret]"}],"nextCursor":"hunter2","hunter2":1}}\n' +
        '{"jsonrpc":"2.0","method":"notifications/message","params":{"data":"[secret]"}}\n' +
        '{"id":1,"error":{"code":1,"message":"[secret]"}}\n',
    );
  });

  it('is masked where escapes hide it, and not in bytes that a type stands beside', () => {
    const line =
      '{"result":{"a":"h\\u0075nter2","b":{"mimeType":"image/png","data":"hunter2"},"__proto__":"hunter2"}}\n';
    expect(redactLine(Buffer.from(line), mask)?.toString()).toBe(
      '{"result":{"a":"[secret]","b":{"mimeType":"image/png","data":"hunter2"},"__proto__":"[secret]"}}\n',
    );
  });

  it('goes by byte for byte where there is nothing to mask, however it is cut', () => {
    const lines = fc.array(fc.oneof(fc.json(), fc.string(), fc.constant('')), { maxLength: 6 });
    fc.assert(
      fc.property(lines, fc.array(fc.nat(9)), (texts, cuts) => {
        const all = Buffer.from(
          texts.map((text) => `${text.replaceAll('\n', ' ').replaceAll('hunter2', '')}\n`).join(''),
        );
        const redactor = open();
        let at = 0;
        for (const cut of cuts) {
          redactor.push(all.subarray(at, at + cut));
          at += cut;
        }
        redactor.push(all.subarray(at));
        redactor.end();
        expect(redactor.text()).toBe(all.toString());
      }),
    );
  });

  it('goes by unread where that is off, from the next line on', () => {
    let on = false;
    const redactor = open({ on: () => on });
    redactor.push(Buffer.from('{"result":"hun'));
    on = true;
    redactor.push(Buffer.from('ter2"}\n{"result":"hunter2"}\n'));
    expect(redactor.text()).toBe('{"result":"hunter2"}\n{"result":"[secret]"}\n');
  });

  it('goes by unread where a line is too long, which is said', () => {
    const redactor = open({ maxLine: 10 });
    redactor.push(Buffer.from('{"result":'));
    redactor.push(Buffer.from('"hunter2"}\n[]\n'));
    expect(redactor.text()).toBe('{"result":"hunter2"}\n[]\n');
    expect(redactor.reports).toHaveLength(1);
  });

  it('is handed on when the server ends in the middle of a line', () => {
    const redactor = open();
    redactor.push(Buffer.from('{"a":'));
    redactor.end();
    expect(redactor.text()).toBe('{"a":');
  });

  it('is withheld where it is nested too deeply to be written again', () => {
    const deep = `{"id":7,"result":${'['.repeat(20_000)}"hunter2"${']'.repeat(20_000)}}\n`;
    const redacted = JSON.parse(redactLine(Buffer.from(deep), mask)!.toString()) as object;
    expect(redacted).toMatchObject({ id: 7, error: { message: 'the answer holds a secret and can not be masked' } });
  });
});
