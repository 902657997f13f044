import { describe, expect, it } from 'vitest';
import { isSignedBySlack, readSlackStamp } from './slack-signature.ts';

// The example of Slack's own page on verifying requests.
const SECRET = '8f742231b10e8888abcd99yyyzzz85a5';
const SECONDS = '1531420618';
const SIGNATURE = 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503';
const BODY = Buffer.from(
  'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
);
const NOW = Number(SECONDS) * 1000;
const stamp = readSlackStamp(SECONDS, SIGNATURE, NOW)!;

describe('what Slack signed', () => {
  it('is known by the signature over exactly these bytes at that time', () => {
    expect(isSignedBySlack(stamp, BODY, SECRET)).toBe(true);
    expect(isSignedBySlack(stamp, BODY, `${SECRET}x`)).toBe(false);
    expect(isSignedBySlack(stamp, Buffer.concat([BODY, Buffer.of(10)]), SECRET)).toBe(false);
    expect(isSignedBySlack({ ...stamp, seconds: '1531420619' }, BODY, SECRET)).toBe(false);
    // The same number, but not the same text.
    expect(isSignedBySlack({ ...stamp, seconds: '01531420618' }, BODY, SECRET)).toBe(false);
  });

  it('counts for five minutes, both ways', () => {
    const at = (ms: number) => readSlackStamp(SECONDS, SIGNATURE, NOW + ms) !== undefined;
    expect([-300_001, -300_000, 0, 300_000, 300_001].map(at)).toEqual([false, true, true, true, false]);
  });

  it.each([
    [undefined, SIGNATURE],
    [SECONDS, undefined],
    [`${SECONDS}.0`, SIGNATURE],
    [`${SECONDS}, ${SECONDS}`, SIGNATURE],
    [[SECONDS], SIGNATURE],
    ['', SIGNATURE],
    ['-1531420618', SIGNATURE],
    [SECONDS, SIGNATURE.slice(3)],
    [SECONDS, SIGNATURE.replace('v0', 'v1')],
    [SECONDS, SIGNATURE.slice(0, -1)],
    [SECONDS, `${SIGNATURE}0`],
    [SECONDS, SIGNATURE.toUpperCase()],
    [SECONDS, `${SIGNATURE}, ${SIGNATURE}`],
  ])('is not looked at with headers %j and %j', (timestamp, signature) => {
    expect(readSlackStamp(timestamp, signature, NOW)).toBeUndefined();
  });
});
