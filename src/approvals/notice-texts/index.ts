export { type NoticeContext, noticeContext } from './facts.ts';
export { mailText } from './mail-text.ts';
export { APPROVE_ACTION, isShownWhole, REJECT_ACTION, readButtonValue } from './slack-buttons.ts';
export { slackMessage } from './slack-message.ts';
export { webhookBody } from './webhook-body.ts';
