import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createClientWriter } from './client-writer.ts';
import { createLineSplitter } from './line-splitter.ts';
import { createOrderedOutbox, type OutboxSlot } from './ordered-outbox.ts';

describe('the line splitter', () => {
  const split = (chunks: readonly Buffer[], maxBytes = 1000): string[] => {
    const lines: string[] = [];
    const splitter = createLineSplitter({
      maxBytes,
      onLine: (line) => lines.push(line.toString()),
      onOversize: () => lines.push('<oversize>'),
    });
    for (const chunk of chunks) splitter.push(chunk);
    splitter.end();
    return lines;
  };

  it('gives the same lines however the bytes are cut, newline included', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'é', '\n', '\r'), maxLength: 60 });
    fc.assert(
      fc.property(text, fc.array(fc.nat(80), { maxLength: 8 }), (whole, cuts) => {
        const bytes = Buffer.from(whole);
        const at = [0, ...cuts.map((c) => c % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
        const chunks = at.slice(1).map((end, i) => bytes.subarray(at[i], end));
        expect(split(chunks).join('')).toBe(whole);
        expect(split(chunks)).toEqual(whole.match(/[^\n]*\n|[^\n]+$/g) ?? []);
      }),
    );
  });

  it('drops a line beyond the limit up to its end, says so once, and goes on', () => {
    expect(split([Buffer.from('ok\n'), Buffer.from('0123456789ab\nok\n')], 8)).toEqual(['ok\n', '<oversize>', 'ok\n']);
    const pieces = Array.from({ length: 50 }, () => Buffer.from('xxxx'));
    expect(split([...pieces, Buffer.from('end\n'), Buffer.from('ok\n')], 8)).toEqual(['<oversize>', 'ok\n']);
    expect(split([Buffer.from('01234567')], 8)).toEqual(['01234567']);
    expect(split([Buffer.from('012345678')], 8)).toEqual(['<oversize>']);
  });
});

describe('the writer to the client', () => {
  const writer = () => {
    let out = '';
    const it = createClientWriter((bytes) => {
      out += bytes.toString();
    });
    return {
      forward: (text: string) => it.forward(Buffer.from(text)),
      inject: (text: string) => it.inject(Buffer.from(text)),
      finish: () => it.finish(),
      out: () => out,
    };
  };

  it('puts lines of its own between lines of the server, never into one', () => {
    const w = writer();
    w.inject('A\n');
    w.forward('ser');
    w.inject('B\n');
    w.forward('v');
    w.inject('C\n');
    w.forward('er\nnext');
    w.inject('D\n');
    w.forward('\n');
    w.inject('E\n');
    expect(w.out()).toBe('A\nserver\nB\nC\nnext\nD\nE\n');
  });

  it('passes every byte of the server on in order', () => {
    const step = fc.oneof(fc.string({ unit: fc.constantFrom('x', '\n'), maxLength: 5 }), fc.constant('!'));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const w = writer();
        for (const text of steps) text === '!' ? w.inject('!\n') : w.forward(text);
        w.finish();
        expect(w.out().replaceAll('!\n', '').replace(/\n$/, '')).toBe(
          steps
            .filter((text) => text !== '!')
            .join('')
            .replace(/\n$/, ''),
        );
        for (const line of w.out().split('\n')) if (line.includes('!')) expect(line).toBe('!');
        expect(w.out().match(/!/g)?.length ?? 0).toBe(steps.filter((text) => text === '!').length);
      }),
    );
  });

  it('ends a line that the server left unfinished', () => {
    const w = writer();
    w.forward('half');
    w.inject('A\n');
    w.finish();
    expect(w.out()).toBe('half\nA\n');
  });
});

describe('the outbox to the server', () => {
  it('keeps the order of arrival, whatever the order of decisions', () => {
    const plan = fc.array(fc.constantFrom('push', 'fill', 'drop'), { maxLength: 20 });
    fc.assert(
      fc.property(plan, fc.infiniteStream(fc.nat()), (kinds, random) => {
        const sent: number[] = [];
        const outbox = createOrderedOutbox((bytes) => sent.push(Number(bytes.toString())));
        const open: { slot: OutboxSlot; n: number; fill: boolean }[] = [];
        kinds.forEach((kind, n) => {
          if (kind === 'push') outbox.push(Buffer.from(String(n)));
          else open.push({ slot: outbox.reserve(), n, fill: kind === 'fill' });
        });
        while (open.length > 0) {
          const [{ slot, n, fill }] = open.splice(random.next().value % open.length, 1) as [(typeof open)[number]];
          fill ? slot.fill(Buffer.from(String(n))) : slot.drop();
        }
        expect(sent).toEqual(kinds.map((kind, n) => (kind === 'drop' ? -1 : n)).filter((n) => n >= 0));
        expect(outbox.isEmpty()).toBe(true);
      }),
    );
  });

  it('sends a place only once', () => {
    const sent: string[] = [];
    const outbox = createOrderedOutbox((bytes) => sent.push(bytes.toString()));
    const slot = outbox.reserve();
    slot.drop();
    slot.fill(Buffer.from('late'));
    expect(sent).toEqual([]);
  });
});
