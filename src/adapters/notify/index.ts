export { whyRefusedUrl } from './checked-lookup.ts';
export type { Delivery, DeliveryOptions } from './delivery.ts';
export { type HttpTarget, postJson } from './http-post.ts';
export { postWebhook, type WebhookMessage, type WebhookTarget } from './post-webhook.ts';
export { type Mail, type MailServer, sendMail } from './send-mail.ts';
export { standardHeaders } from './standard-signature.ts';
