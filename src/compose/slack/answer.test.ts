import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../config/index.ts';
import { slackAnswer } from './answer.ts';

const URL = 'https://hooks.slack.com/actions/T0/1/x';
const isUsed = (url: string | undefined, endpoint: string, enabled = true): boolean => {
  const text = `[approvals.webhooks]\nenabled = ${enabled}\n[[approvals.webhooks.endpoint]]\n${endpoint}\n`;
  const parsed = parseConfig([{ name: 'a', text }], {});
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return slackAnswer(parsed.loaded.config.approvals, url) !== undefined;
};
const HOOK = 'url = "https://hooks.slack.com/services/x"';

describe('the address for answers that comes with a click', () => {
  it('is used where messages go too', () => {
    expect(isUsed(URL, HOOK)).toBe(true);
    expect(isUsed('http://127.0.0.1:99/y', 'url = "http://127.0.0.1:99/x"\nformat = "slack"')).toBe(true);
  });

  it.each([
    [undefined, HOOK],
    ['', HOOK],
    ['nothing', HOOK],
    ['http://hooks.slack.com/actions/x', HOOK],
    ['https://hooks.slack.com:8443/actions/x', HOOK],
    ['https://hooks.slack.com.example.com/actions/x', HOOK],
    ['https://hooks.slack.com@example.com/actions/x', HOOK],
    ['file:///etc/passwd', HOOK],
    ['http://169.254.169.254/latest', HOOK],
    [URL, `${HOOK}\nformat = "json"`],
    ['https://internal.example.com/x', 'url = "https://internal.example.com/approvals"'],
  ])('%s is not, beside %j', (url, endpoint) => expect(isUsed(url, endpoint)).toBe(false));

  it('is not where messages are off', () => expect(isUsed(URL, HOOK, false)).toBe(false));
});
