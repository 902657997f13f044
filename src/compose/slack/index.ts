export { type SlackAnswer, slackAnswer } from './answer.ts';
export { decideByClick, type SlackClick } from './decide-by-click.ts';
