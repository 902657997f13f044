import { BASE62, HEX, once, type ScanRule, sampleText } from '../scan-rule.ts';
import { isFiller } from './placeholders.ts';

const s = (length: number, alphabet = BASE62): string => sampleText(length, alphabet, length + 7);

/** Secrets of single services, known by marks inside them or the name in front. */
export const serviceRules = once((): readonly ScanRule[] => [
  {
    id: 'telegram-token',
    title: 'Telegram bot token',
    keywords: [':aa'],
    pattern: '(?<![A-Za-z0-9])\\d{8,10}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])',
    before: 12,
    after: 40,
    accept: (secret) => !isFiller(secret.slice(secret.indexOf(':'))),
    yes: () => [['7483920175', `:AA${s(33)}`]],
    no: ['12345678:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw-too-long-to-be-one', '12:AAx'],
  },
  {
    id: 'openai-key-old',
    title: 'OpenAI key',
    keywords: ['t3blbkfj'],
    pattern: '(?<![A-Za-z0-9])sk-[A-Za-z0-9_-]{20}T3BlbkFJ[A-Za-z0-9_-]{20}(?![A-Za-z0-9_-])',
    before: 34,
    after: 30,
    yes: () => [['sk-', `${s(20)}T3BlbkFJ${s(20)}`]],
    no: ['sk-T3BlbkFJ'],
  },
  {
    id: 'discord-bot-token',
    title: 'Discord bot token',
    // The number of the bot's account in base 64: what its digits can begin with.
    keywords: ['MT', 'Mj', 'Mz', 'ND', 'NT', 'Nj', 'Nz', 'OD', 'OT'],
    pattern:
      '(?<![A-Za-z0-9_-])(?:M[Tjz]|N[DTjz]|O[DT])[A-Za-z0-9]{22,26}\\.[A-Za-z0-9_-]{6}\\.[A-Za-z0-9_-]{27,38}(?![A-Za-z0-9_-])',
    before: 4,
    after: 90,
    accept: (secret) =>
      !isFiller(secret) && /^\d{17,20}$/.test(Buffer.from(secret.split('.', 1)[0]!, 'base64').toString('latin1')),
    yes: () => [[Buffer.from('1482009441615548071').toString('base64').slice(0, 26), `.${s(6)}.${s(38)}`]],
    no: ['MTIzNDU2.abcdef.ghijklmnop', 'Node.prototype.isEqualNodeWithSomeVeryLongName'],
  },
  {
    id: 'braintree-token',
    title: 'Braintree token',
    keywords: ['access_token$'],
    pattern: 'access_token\\$(?:production|sandbox)\\$[a-z0-9]{16}\\$[a-f0-9]{32}',
    before: 2,
    after: 80,
    yes: () => [['access_token$production', `$${s(16).toLowerCase()}$${s(32, HEX)}`]],
    no: ['access_token$production$id$key'],
  },
  {
    id: 'terraform-token',
    title: 'Terraform token',
    keywords: ['.atlasv1.'],
    pattern: '[A-Za-z0-9]{14}\\.atlasv1\\.[A-Za-z0-9_-]{60,70}',
    before: 26,
    after: 80,
    yes: () => [[`${s(14)}.atlas`, `v1.${s(67)}`]],
    no: ['xxx.atlasv1.yyy'],
  },
  {
    id: 'cloudflare-origin-key',
    title: 'Cloudflare origin CA key',
    keywords: ['v1.0-'],
    pattern: '(?<![A-Za-z0-9.])v1\\.0-[a-f0-9]{24}-[a-f0-9]{146}',
    before: 2,
    after: 190,
    yes: () => [['v1.0', `-${s(24, HEX)}-${s(146, HEX)}`]],
    no: ['v1.0-alpha', 'v1.0-0123456789ab'],
  },
  {
    id: 'azure-client-secret',
    title: 'Azure client secret',
    keywords: ['q~'],
    pattern: '(?<![A-Za-z0-9_~.-])[A-Za-z0-9_~.]{3}\\dQ~[A-Za-z0-9_~.-]{31,34}(?![A-Za-z0-9_~.-])',
    before: 8,
    after: 40,
    accept: (secret) => !isFiller(secret),
    yes: () => [['aB3', `8Q~${s(34)}`]],
    no: ['abc1Q~short'],
  },
  {
    id: 'aws-secret-key',
    title: 'AWS secret access key',
    keywords: ['aws_secret', 'aws-secret', 'awssecret', 'secretaccess', 'secret_access', 'secret-access'],
    pattern:
      '(?:secret[_-]?access[_-]?key|aws[_-]?secret[A-Za-z_-]{0,20})["\'`]?\\s{0,4}(?::|=>|=)\\s{0,4}["\'`]?([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])',
    ignoreCase: true,
    group: 1,
    before: 24,
    after: 100,
    accept: (secret) => !isFiller(secret) && /[A-Z]/.test(secret) && /[a-z]/.test(secret) && /\d/.test(secret),
    yes: () => [
      ['aws_secret_', `access_key = ${s(40)}`],
      ['"SecretAccess', `Key": "${s(40)}"`],
    ],
    no: ['aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', `aws_secret_access_key = ${s(40, HEX)}`],
  },
]);
