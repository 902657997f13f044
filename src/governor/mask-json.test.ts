import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../kernel/json.ts';
import { joinTexts, maskJson, maskNamed } from './mask-json.ts';

const mask = (text: string): string => text.replaceAll(/hunter2|(?<=password=).+/g, '[secret]');

describe('masking JSON', () => {
  it('leaves no secret, however deep it lies and whatever key it stands under', () => {
    const value = fc.letrec((tie) => ({
      value: fc.oneof(fc.constantFrom<Json>('hunter2', 'plain', 1, null, true), tie('list'), tie('table')),
      list: fc.array(tie('value'), { maxLength: 3 }),
      table: fc.dictionary(fc.constantFrom('a', 'hunter2', 'password'), tie('value'), { maxKeys: 3 }),
    })).value;
    fc.assert(
      fc.property(value, (json) => {
        expect(JSON.stringify(maskJson(json as Json, mask))).not.toContain('hunter2');
      }),
    );
  });

  it('sees a secret that is one by its name only', () => {
    expect(maskNamed('password', 'open sesame', mask)).toBe('[secret]');
    expect(maskNamed('word', 'open sesame', mask)).toBe('open sesame');
    expect(maskJson({ login: { password: 'open sesame' } }, mask)).toEqual({ login: { password: '[secret]' } });
  });

  it('sees a secret by the name of what it lies below, stands beside or follows', () => {
    const masked = (value: Json): Json => {
      expect(joinTexts(value)).toBeUndefined();
      return maskJson(value, (text) => text);
    };
    expect(masked({ client_secret: { value: 'x', at: ['y', 7] } })).toEqual({
      client_secret: { value: '[secret]', at: ['[secret]', 7] },
    });
    expect(masked({ env: [{ name: 'DB_PASSWORD', value: 'x' }] })).toEqual({
      env: [{ name: 'DB_PASSWORD', value: '[secret]' }],
    });
    expect(masked({ argv: ['mysql', '--password', 'x', 'y'] })).toEqual({
      argv: ['mysql', '--password', '[secret]', 'y'],
    });
    expect(masked({ accessToken: 'x' })).toEqual({ accessToken: '[secret]' });
    const plain = {
      tokens_used: 7,
      secretary: 'x',
      keyboard: 'y',
      args: ['--passwords', 'z'],
      name: 'ann',
      value: 'w',
    };
    expect(maskJson(plain, (text) => text)).toEqual(plain);
  });

  it('would change nothing where the joined texts hold no secret', () => {
    const name = fc.constantFrom('a', 'hunter2', 'password', 'word');
    const value = fc.letrec((tie) => ({
      value: fc.oneof(fc.constantFrom<Json>('hunter2', 'plain', 'a\nb', 1, null, true), tie('list'), tie('table')),
      list: fc.array(tie('value'), { maxLength: 3 }),
      table: fc.dictionary(name, tie('value'), { maxKeys: 3 }),
    })).value;
    fc.assert(
      fc.property(value, (json) => {
        const joined = joinTexts(json as Json);
        if (joined !== undefined && !/hunter2|password=./.test(joined))
          expect(maskJson(json as Json, mask)).toEqual(json);
      }),
    );
    let deep: Json = 'x';
    for (let i = 0; i < 70; i += 1) deep = { deep };
    expect(joinTexts(deep)).toBeUndefined();
  });

  it('keeps what is no secret', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        expect(maskJson(json as Json, (text) => text)).toEqual(json);
      }),
    );
  });

  it('is not led into bottomless values', () => {
    let deep: Json = 'hunter2';
    for (let i = 0; i < 10_000; i += 1) deep = [deep];
    expect(JSON.stringify(maskJson(deep, mask))).toContain('too deep');
  });
});
