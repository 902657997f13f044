export type { NoticeContext } from './facts.ts';
export { mailText } from './mail-text.ts';
export { slackMessage } from './slack-message.ts';
export { webhookBody } from './webhook-body.ts';
