import { BASE62, BASE64, type Chance, checksumOf, DIGITS, HEX, LETTERS, UPPER, URL64 } from './seeded.ts';

/** A secret that its own form gives away, and the name that it usually goes by. */
export interface Format {
  readonly name: string;
  readonly key: string;
  make(chance: Chance): string;
}

// Prefixes are put together here, so that no scanner takes this file for a leak.
const checked =
  (prefix: string) =>
  (c: Chance): string => {
    const body = c.text(30);
    return `${prefix}_${body}${checksumOf(body)}`;
  };
const plain =
  (prefix: string, length: number, alphabet = BASE62) =>
  (c: Chance): string =>
    prefix + c.text(length, alphabet);
const b64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Written from what the providers document, not from our rules. */
export const FORMATS: readonly Format[] = [
  {
    name: 'aws-id',
    key: 'AWS_ACCESS_KEY_ID',
    make: (c) => `${c.pick(['AKI', 'ASI'])}A${c.text(16, `${UPPER}234567`)}`,
  },
  { name: 'aws-secret', key: 'AWS_SECRET_ACCESS_KEY', make: plain('', 40, BASE64) },
  { name: 'github-classic', key: 'GITHUB_TOKEN', make: checked('ghp') },
  { name: 'github-oauth', key: 'GH_OAUTH', make: checked('gho') },
  { name: 'github-server', key: 'GH_APP_TOKEN', make: checked('ghs') },
  { name: 'github-fine', key: 'GITHUB_PAT', make: (c) => `github_${'pat'}_${c.text(22)}_${c.text(59)}` },
  { name: 'gitlab', key: 'GITLAB_TOKEN', make: plain('gl' + 'pat-', 20, URL64) },
  { name: 'gitlab-runner', key: 'CI_RUNNER_TOKEN', make: plain('gl' + 'rt-', 20, URL64) },
  {
    name: 'slack-bot',
    key: 'SLACK_BOT_TOKEN',
    make: (c) => `xox${'b'}-${c.text(12, DIGITS)}-${c.text(13, DIGITS)}-${c.text(24)}`,
  },
  {
    name: 'slack-app',
    key: 'SLACK_APP_TOKEN',
    make: (c) => `x${'app'}-1-A${c.text(10, UPPER + DIGITS)}-${c.text(13, DIGITS)}-${c.text(64, HEX)}`,
  },
  {
    name: 'slack-webhook',
    key: 'SLACK_URL',
    make: (c) =>
      `https://hooks.slack.${'com'}/services/T${c.text(10, UPPER + DIGITS)}/B${c.text(10, UPPER + DIGITS)}/${c.text(24)}`,
  },
  { name: 'stripe-live', key: 'STRIPE_KEY', make: plain('sk_' + 'live_', 99) },
  { name: 'stripe-old', key: 'STRIPE_SECRET', make: plain('sk_' + 'live_', 24) },
  { name: 'stripe-hook', key: 'STRIPE_WEBHOOK', make: plain('wh' + 'sec_', 32) },
  { name: 'google-api', key: 'GOOGLE_MAPS', make: plain('AI' + 'za', 35, URL64) },
  { name: 'google-oauth-secret', key: 'GOOGLE_CLIENT', make: plain('GOC' + 'SPX-', 28, URL64) },
  { name: 'google-access', key: 'G_ACCESS', make: plain('ya' + '29.a0', 160, URL64) },
  {
    name: 'azure-storage',
    key: 'AZURE_STORAGE',
    make: (c) =>
      `DefaultEndpointsProtocol=https;AccountName=${c.text(10, 'abcdefghij')};Account${'Key'}=${c.text(86, BASE64)}==;EndpointSuffix=core.windows.net`,
  },
  {
    name: 'azure-bus',
    key: 'SERVICE_BUS',
    make: (c) =>
      `Endpoint=sb://shop.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccess${'Key'}=${c.text(43, BASE64)}=`,
  },
  { name: 'azure-client', key: 'AZURE_CLIENT', make: (c) => `${c.text(3)}8Q~${c.text(34, `${BASE62}-_.`)}` },
  { name: 'openai', key: 'OPENAI', make: (c) => `sk-${'proj'}-${c.text(74, URL64)}T3Blbk${'FJ'}${c.text(74, URL64)}` },
  { name: 'openai-old', key: 'OPENAI_KEY', make: (c) => `s${'k'}-${c.text(20)}T3Blbk${'FJ'}${c.text(20)}` },
  { name: 'anthropic', key: 'ANTHROPIC', make: (c) => `sk-${'ant'}-api03-${c.text(93, URL64)}AA` },
  { name: 'huggingface', key: 'HF', make: plain('h' + 'f_', 34, LETTERS) },
  { name: 'npm', key: 'NPM', make: checked('np' + 'm') },
  { name: 'pypi', key: 'PYPI', make: plain('py' + 'pi-AgEIcHlwaS5vcmc', 150, URL64) },
  { name: 'rubygems', key: 'GEM_HOST', make: plain('ruby' + 'gems_', 48, HEX) },
  { name: 'docker-hub', key: 'DOCKER_PAT', make: plain('dckr_' + 'pat_', 27, URL64) },
  { name: 'digitalocean', key: 'DO', make: plain('dop_' + 'v1_', 64, HEX) },
  { name: 'heroku', key: 'HEROKU', make: plain('HRKU' + '-AA', 58, URL64) },
  { name: 'sendgrid', key: 'SENDGRID', make: (c) => `S${'G'}.${c.text(22, URL64)}.${c.text(43, URL64)}` },
  { name: 'mailgun', key: 'MAILGUN', make: plain('key' + '-', 32, HEX) },
  { name: 'twilio', key: 'TWILIO_KEY', make: plain('S' + 'K', 32, HEX) },
  {
    name: 'telegram',
    key: 'BOT',
    make: (c) => `${c.pick('123456789'.split(''))}${c.text(9, DIGITS)}:A${'A'}${c.text(33, URL64)}`,
  },
  {
    name: 'discord-webhook',
    key: 'DISCORD_HOOK',
    make: (c) => `https://discord.${'com'}/api/webhooks/1${c.text(18, DIGITS)}/${c.text(68, URL64)}`,
  },
  {
    name: 'discord-bot',
    key: 'DISCORD',
    make: (c) => `${Buffer.from(`1${c.text(17, DIGITS)}`).toString('base64url')}.G${c.text(5)}.${c.text(38, URL64)}`,
  },
  { name: 'shopify', key: 'SHOPIFY', make: plain('shp' + 'at_', 32, HEX) },
  { name: 'square', key: 'SQUARE', make: plain('EAA' + 'A', 60, URL64) },
  { name: 'square-secret', key: 'SQUARE_APP', make: plain('sq0' + 'csp-', 43, URL64) },
  {
    name: 'braintree',
    key: 'BRAINTREE',
    make: (c) => `access_${'token'}$production$${c.text(16, `${DIGITS}abcdefghijklmnop`)}$${c.text(32, HEX)}`,
  },
  { name: 'databricks', key: 'DATABRICKS', make: plain('da' + 'pi', 32, HEX) },
  { name: 'datadog', key: 'DD_API_KEY', make: plain('', 32, HEX) },
  { name: 'new-relic', key: 'NEW_RELIC', make: plain('NR' + 'AK-', 27, UPPER + DIGITS) },
  {
    name: 'sentry',
    key: 'SENTRY',
    make: (c) =>
      `sn${'trys'}_${b64url({ iat: 1687336543, url: 'https://sentry.io', org: 'shop' })}_${c.text(43, BASE64)}`,
  },
  { name: 'grafana', key: 'GRAFANA', make: (c) => `gl${'sa'}_${c.text(32)}_${c.text(8, HEX)}` },
  { name: 'vault', key: 'VAULT', make: plain('hv' + 's.', 91, URL64) },
  { name: 'terraform', key: 'TFE', make: (c) => `${c.text(14)}.atlas${'v1'}.${c.text(67)}` },
  {
    name: 'atlassian',
    key: 'JIRA',
    make: (c) => `ATA${'TT3'}xFfGF0${c.text(172, URL64)}=${c.text(8, '0123456789ABCDEF')}`,
  },
  { name: 'linear', key: 'LINEAR', make: plain('lin_' + 'api_', 40) },
  { name: 'notion', key: 'NOTION', make: (c) => `nt${'n'}_${c.text(11, DIGITS)}${c.text(35)}` },
  { name: 'notion-old', key: 'NOTION_KEY', make: (c) => `sec${'ret'}_${c.text(43)}` },
  { name: 'figma', key: 'FIGMA', make: plain('fig' + 'd_', 40, URL64) },
  { name: 'postman', key: 'POSTMAN', make: (c) => `PM${'AK'}-${c.text(24, HEX)}-${c.text(34, HEX)}` },
  { name: 'cloudflare', key: 'CLOUDFLARE_API_TOKEN', make: plain('', 40, URL64) },
  { name: 'cloudflare-ca', key: 'ORIGIN_CA', make: (c) => `v1${'.0'}-${c.text(24, HEX)}-${c.text(146, HEX)}` },
  { name: 'fastly', key: 'FASTLY_API_TOKEN', make: plain('', 32, URL64) },
  { name: 'supabase', key: 'SUPABASE', make: plain('sb' + 'p_', 40, HEX) },
  { name: 'planetscale', key: 'PSCALE', make: plain('pscale_' + 'tkn_', 43, URL64) },
  { name: 'doppler', key: 'DOPPLER', make: plain('dp.' + 'pt.', 43) },
  {
    name: 'onepassword',
    key: 'OP',
    make: (c) =>
      `ops_${b64url({ signInAddress: 'shop.1password.com', userAuth: { method: 'SRPg-4096' } })}${c.text(500, URL64)}`,
  },
  { name: 'age', key: 'AGE', make: plain('AGE-SECRET' + '-KEY-1', 58, 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L') },
  {
    name: 'jwt',
    key: 'SESSION',
    make: (c) =>
      `${b64url({ alg: 'HS256', typ: 'JWT' })}.${b64url({ sub: c.text(8), iat: 1_700_000_000 + c.below(9e6) })}.${c.text(43, URL64)}`,
  },
  {
    name: 'postgres-url',
    key: 'DATABASE_URL',
    make: (c) => `postgres${'ql'}://shop:${c.text(18)}@db.shop.internal:5432/shop`,
  },
  { name: 'mysql-url', key: 'MYSQL_URL', make: (c) => `mysql:${'//'}app:${c.text(14)}%21@10.2.0.7/app` },
  {
    name: 'mongodb-url',
    key: 'MONGO_URL',
    make: (c) => `mongodb+srv:${'//'}svc:${c.text(16)}@c0.ab12c.mongodb.net/?w=1`,
  },
  { name: 'redis-url', key: 'REDIS_URL', make: (c) => `rediss:${'//'}:${c.text(32)}@cache.shop.internal:6380/0` },
  { name: 'amqp-url', key: 'AMQP_URL', make: (c) => `amqps:${'//'}worker:${c.text(20)}@mq.shop.internal/vhost` },
  { name: 'basic-url', key: 'REMOTE', make: (c) => `https:${'//'}deploy:${c.text(20)}@git.shop.io/x.git` },
];

const WORDS = ['Summer', 'dragon', 'Winter', 'monkey', 'Berlin', 'coffee', 'Falcon', 'purple', 'Orchid', 'tiger'];

/** Secrets that only the name in front of them gives away. */
export const VALUES: readonly Format[] = [
  { name: 'password-random', key: 'DB_PASSWORD', make: (c) => `${c.text(14)}${c.pick(['!', '#', '%'])}${c.text(3)}` },
  {
    name: 'password-word',
    key: 'ADMIN_PASSWORD',
    make: (c) => `${c.pick(WORDS)}${c.pick(WORDS)}${c.text(4, DIGITS)}!`,
  },
  { name: 'password-short', key: 'SMTP_PASSWORD', make: (c) => `${c.text(4)}9${c.pick(['$', '!', '&'])}${c.text(4)}` },
  { name: 'passwd', key: 'ROOT_PASSWD', make: plain('', 16) },
  { name: 'secret-hex', key: 'APP_SECRET', make: plain('', 64, HEX) },
  { name: 'secret-hex-short', key: 'CLIENT_SECRET', make: plain('', 32, HEX) },
  { name: 'secret-base64', key: 'SESSION_SECRET', make: (c) => `${c.text(43, BASE64)}=` },
  { name: 'secret-django', key: 'SECRET_KEY', make: plain('', 50, 'abcdefghijklmnopqrstuvwxyz0123456789!@#%^&*-_=+') },
  { name: 'token', key: 'AUTH_TOKEN', make: plain('', 32) },
  { name: 'token-url64', key: 'ACCESS_TOKEN', make: plain('', 40, URL64) },
  { name: 'api-key', key: 'API_KEY', make: plain('', 32, `${DIGITS}abcdefghijklmnopqrstuvwxyz`) },
  {
    name: 'api-key-uuid',
    key: 'SERVICE_API_KEY',
    make: (c) => [8, 4, 4, 4, 12].map((length) => c.text(length, HEX)).join('-'),
  },
  { name: 'encryption-key', key: 'ENCRYPTION_KEY', make: (c) => `${c.text(42, BASE64)}A=` },
  { name: 'private-key-value', key: 'WALLET_PRIVATE_KEY', make: plain('0x', 64, HEX) },
];

/** Secrets of several lines or with a file of their own: the text, and which of its lines (from 0) holds the finding. */
export const BLOCKS: readonly { readonly name: string; make(chance: Chance): { text: string; line: number } }[] = [
  ...['RSA ', 'EC ', 'OPENSSH ', 'ENCRYPTED ', ''].map((kind) => ({
    name: `pem-${kind.trim().toLowerCase() || 'pkcs8'}`,
    make: (c: Chance) => ({
      text: `-----BEGIN ${kind}${'PRIVATE'} KEY-----\n${c.text(64, BASE64)}\n${c.text(64, BASE64)}\n${c.text(30, BASE64)}==\n-----END ${kind}${'PRIVATE'} KEY-----`,
      line: 0,
    }),
  })),
  {
    name: 'pgp',
    make: (c) => ({
      text: `-----BEGIN PGP ${'PRIVATE'} KEY BLOCK-----\nVersion: GnuPG v2\n\n${c.text(64, BASE64)}\n=${c.text(4, BASE64)}\n-----END PGP ${'PRIVATE'} KEY BLOCK-----`,
      line: 0,
    }),
  },
  {
    name: 'pem-in-json',
    make: (c) => ({
      text: `{\n  "type": "service_account",\n  "private${'_key'}": "-----BEGIN ${'PRIVATE'} KEY-----\\n${c.text(64, BASE64)}\\n${c.text(64, BASE64)}\\n-----END ${'PRIVATE'} KEY-----\\n"\n}`,
      line: 2,
    }),
  },
  {
    name: 'putty',
    make: (c) => ({
      text: `PuTTY-User-Key-${'File'}-3: ssh-ed25519\nEncryption: none\nComment: deploy\nPublic-Lines: 1\n${c.text(64, BASE64)}\nPrivate-Lines: 1\n${c.text(48, BASE64)}`,
      line: 0,
    }),
  },
  { name: 'netrc', make: (c) => ({ text: `machine git.shop.io login deploy password ${c.text(18)}`, line: 0 }) },
  {
    name: 'npmrc',
    make: (c) => ({ text: `registry=https://npm.shop.io/\n//npm.shop.io/:_auth${'Token'}=${c.text(36)}`, line: 1 }),
  },
  {
    name: 'docker-config',
    make: (c) => ({
      text: `{\n  "auths": {\n    "r.shop.io": {\n      "auth": "${Buffer.from(`deploy:${c.text(20)}`).toString('base64')}"\n    }\n  }\n}`,
      line: 3,
    }),
  },
  {
    name: 'kubeconfig',
    make: (c) => ({
      text: `apiVersion: v1\nkind: Config\nusers:\n- name: admin\n  user:\n    client-${'key'}-data: ${Buffer.from(`-----BEGIN RSA ${'PRIVATE'} KEY-----\n${c.text(64, BASE64)}`).toString('base64')}`,
      line: 5,
    }),
  },
  {
    name: 'basic-header',
    make: (c) => ({
      text: `curl -H 'Authorization: Basic ${Buffer.from(`deploy:${c.text(16)}`).toString('base64')}' https://api.shop.io/v1/orders`,
      line: 0,
    }),
  },
  {
    name: 'bearer-header',
    make: (c) => ({ text: `curl -H "Authorization: Bearer ${c.text(40)}" https://api.shop.io/v1/me`, line: 0 }),
  },
];
