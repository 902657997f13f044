// A labelled corpus, made from a seed: secrets in the forms that their providers document, in files as people write
// them, and texts that look like secrets and are none. Made apart from the rules: nothing here reads them.

export interface Labelled {
  /** half of them is held out: names ending in an odd number */
  readonly name: string;
  readonly file: string;
  readonly text: string;
  /** lines that hold a secret, from 1 */
  readonly lines: readonly number[];
}

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const HEX = `${DIGITS}abcdef`;
const ALNUM = LOWER + LOWER.toUpperCase() + DIGITS;
const URLSAFE = `${ALNUM}-_`;
const BASE64 = `${ALNUM}+/`;
const B32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const STRONG = `${ALNUM}!#%&*?@^~`;

function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function createCorpus(seed = 20261123): Labelled[] {
  const next = mulberry(seed);
  const below = (n: number): number => Math.floor(next() * n);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!;
  const of = (alphabet: string, n: number): string =>
    Array.from({ length: n }, () => alphabet[below(alphabet.length)]).join('');
  const b64 = (text: string): string => Buffer.from(text).toString('base64');

  /** tokens that stand by themselves */
  const tokens: Readonly<Record<string, () => string>> = {
    aws: () => `AKIA${of(B32, 16)}`,
    github: () => `${pick(['ghp', 'gho', 'ghs', 'ghu'])}_${of(ALNUM, 36)}`,
    githubFine: () => `github_pat_${of(ALNUM, 22)}_${of(ALNUM, 59)}`,
    gitlab: () => `glpat-${of(URLSAFE, 20)}`,
    slack: () => `xoxb-${of(DIGITS, 12)}-${of(DIGITS, 13)}-${of(ALNUM, 24)}`,
    slackHook: () => `https://hooks.slack.com/services/T${of(B32, 8)}/B${of(B32, 10)}/${of(ALNUM, 24)}`,
    stripe: () => `sk_live_${of(ALNUM, 24)}`,
    google: () => `AIza${of(URLSAFE, 35)}`,
    openai: () => `sk-proj-${of(URLSAFE, 74)}T3BlbkFJ${of(URLSAFE, 74)}`,
    anthropic: () => `sk-ant-api03-${of(URLSAFE, 93)}AA`,
    huggingface: () => `hf_${of(LOWER + LOWER.toUpperCase(), 34)}`,
    npm: () => `npm_${of(ALNUM, 36)}`,
    pypi: () => `pypi-AgEIcHlwaS5vcmc${of(URLSAFE, 140)}`,
    sendgrid: () => `SG.${of(URLSAFE, 22)}.${of(URLSAFE, 43)}`,
    digitalocean: () => `dop_v1_${of(HEX, 64)}`,
    shopify: () => `shpat_${of(HEX, 32)}`,
    databricks: () => `dapi${of(HEX, 32)}`,
    newrelic: () => `NRAK-${of(LOWER.toUpperCase() + DIGITS, 27)}`,
    grafana: () => `glsa_${of(ALNUM, 32)}_${of(HEX, 8)}`,
    vault: () => `hvs.${of(URLSAFE, 95)}`,
    linear: () => `lin_api_${of(ALNUM, 40)}`,
    figma: () => `figd_${of(URLSAFE, 43)}`,
    postman: () => `PMAK-${of(HEX, 24)}-${of(HEX, 34)}`,
    docker: () => `dckr_pat_${of(URLSAFE, 27)}`,
    telegram: () => `${1 + below(9)}${of(DIGITS, 9)}:AA${of(URLSAFE, 33)}`,
    discordHook: () => `https://discord.com/api/webhooks/1${of(DIGITS, 17)}/${of(URLSAFE, 68)}`,
    jwt: () =>
      `${Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url')}.${Buffer.from(`{"sub":"u${of(DIGITS, 6)}","iat":17${of(DIGITS, 8)}}`).toString('base64url')}.${of(URLSAFE, 43)}`,
    postgres: () => `postgres://${pick(['app', 'svc', 'web'])}:${of(ALNUM, 18)}@db${below(9)}.internal:5432/app`,
    mongo: () => `mongodb+srv://admin:${of(ALNUM, 14)}@cluster0.${of(LOWER, 5)}.mongodb.net/test`,
    redis: () => `redis://:${of(ALNUM, 32)}@cache.internal:6379/0`,
    azure: () =>
      `DefaultEndpointsProtocol=https;AccountName=acc;AccountKey=${of(BASE64, 86)}==;EndpointSuffix=core.windows.net`,
    age: () => `AGE-SECRET-KEY-1${of('QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L', 58)}`,
  };
  /** values that only their name makes secret */
  const named: readonly (readonly [string, () => string])[] = [
    ['password', () => of(STRONG, 14)],
    ['DB_PASSWORD', () => of(ALNUM, 20)],
    ['client_secret', () => of(ALNUM, 40)],
    ['apiKey', () => of(HEX, 32)],
    ['api_key', () => of(ALNUM, 32)],
    ['authToken', () => of(URLSAFE, 36)],
    ['SECRET_KEY', () => of(STRONG, 50)],
    ['encryption_key', () => of(HEX, 64)],
    ['aws_secret_access_key', () => of(BASE64, 40)],
    ['privateKeyPassphrase', () => of(STRONG, 16)],
  ];
  /** values of secret-sounding names that are none */
  const harmless: readonly (readonly [string, () => string])[] = [
    ['password', () => pick(['changeme', 'password123', 'your-password', 'example', '********', 'secret', 'hunter2'])],
    ['api_key', () => pick(['YOUR_API_KEY', '<api-key>', 'xxxxxxxxxxxxxxxxxxxx', 'api-key-goes-here', 'REPLACE_ME'])],
    ['token', () => pick(['bearer-token', 'access_token', 'refresh-token-cookie', 'csrf-token-header', 'identifier'])],
    ['secretName', () => pick(['my-app-database-credentials', 'prod/api/key', 'tls-secret'])],
    ['token_url', () => pick(['https://auth.example.com/oauth2/token', '/api/v1/token'])],
    ['passwordField', () => pick(['#login-password', 'input[name=password]', 'user.password.hash'])],
    ['tokenType', () => pick(['Bearer', 'StringLiteralToken', 'punctuation.separator'])],
    ['secret_id', () => `${of(HEX, 8)}-${of(HEX, 4)}-${of(HEX, 4)}-${of(HEX, 4)}-${of(HEX, 12)}`],
    [
      'password',
      () => pick(['${DB_PASSWORD}', '{{ db_password }}', '$(cat /run/secret)', 'process.env.PASSWORD', '%(password)s']),
    ],
    ['apiKey', () => pick(['config.get("apiKey")', 'settings.API_KEY', 'os.environ["KEY"]'])],
  ];
  /** texts of chance that nobody calls secret */
  const noise: readonly (() => string)[] = [
    () => `commit ${of(HEX, 40)}`,
    () => `"integrity": "sha512-${of(BASE64, 86)}=="`,
    () => `id: ${of(HEX, 8)}-${of(HEX, 4)}-4${of(HEX, 3)}-a${of(HEX, 3)}-${of(HEX, 12)}`,
    () => `<img src="data:image/png;base64,${of(BASE64, 400)}">`,
    () => `sha256:${of(HEX, 64)}`,
    () =>
      `!function(t,e){var n=t.${of(LOWER, 2)},r=${below(9999)};return e(n[${below(99)}],r)}(${of(LOWER, 1)},${of(LOWER, 1)});`,
    () => `etag: W/"${of(ALNUM, 22)}"`,
    () => `resolved "https://registry.example.com/a/-/a-1.0.0.tgz#${of(HEX, 40)}"`,
    () => `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${of(BASE64, 43)} dev@host`,
    () => `-----BEGIN CERTIFICATE-----`,
    () => `MII${of(BASE64, 61)}`,
    () => `fingerprint ${Array.from({ length: 16 }, () => of(HEX, 2)).join(':')}`,
    () => `version = "${below(20)}.${below(20)}.${below(20)}-alpha.${of(HEX, 7)}"`,
    () => `https://example.com/${of(LOWER, 8)}?v=${of(ALNUM, 11)}&t=${of(DIGITS, 10)}`,
  ];
  const writers: readonly {
    ext: string;
    line: (name: string, value: string) => string;
    prose: (text: string) => string;
  }[] = [
    { ext: 'env', line: (n, v) => `${n.toUpperCase()}=${v}`, prose: (t) => `# ${t}` },
    { ext: 'json', line: (n, v) => `  "${n}": ${JSON.stringify(v)},`, prose: (t) => `  "note": ${JSON.stringify(t)},` },
    { ext: 'yaml', line: (n, v) => `${n}: "${v}"`, prose: (t) => `# ${t}` },
    { ext: 'ts', line: (n, v) => `export const ${n} = '${v}';`, prose: (t) => `// ${t}` },
    { ext: 'py', line: (n, v) => `${n} = "${v}"`, prose: (t) => `# ${t}` },
    { ext: 'ini', line: (n, v) => `${n} = ${v}`, prose: (t) => `; ${t}` },
    { ext: 'sh', line: (n, v) => `export ${n.toUpperCase()}="${v}"`, prose: (t) => `# ${t}` },
    { ext: 'md', line: (n, v) => `Set \`${n}\` to \`${v}\` first.`, prose: (t) => t },
    { ext: 'toml', line: (n, v) => `${n} = "${v}"`, prose: (t) => `# ${t}` },
    { ext: 'xml', line: (n, v) => `<property name="${n}" value="${v}"/>`, prose: (t) => `<!-- ${t} -->` },
    { ext: 'js', line: (n, v) => `client.configure({ ${n}: "${v}", retries: 3 });`, prose: (t) => `/* ${t} */` },
  ];
  const words = 'the service reads its settings before it starts and writes what it did to the log of the day'.split(
    ' ',
  );
  const files: Labelled[] = [];
  const names = Object.keys(tokens);
  for (let index = 0; index < 600; index += 1) {
    const writer = writers[index % writers.length]!;
    const lines: string[] = [];
    const secret: number[] = [];
    const count = 12 + below(20);
    for (let at = 0; at < count; at += 1) {
      const dice = next();
      if (dice < 0.06) {
        const kind = names[(index + at) % names.length]!;
        lines.push(writer.line(pick(['value', 'endpoint', 'setting', kind]), tokens[kind]!()));
        secret.push(lines.length);
      } else if (dice < 0.1) {
        const [name, make] = pick(named);
        // In prose a value has no name that says so.
        lines.push(writer.line(name, make()));
        secret.push(lines.length);
      } else if (dice < 0.11 && writer.ext !== 'json') {
        lines.push('-----BEGIN RSA PRIVATE KEY-----', of(BASE64, 64), of(BASE64, 64), '-----END RSA PRIVATE KEY-----');
        secret.push(lines.length - 3);
      } else if (dice < 0.25) lines.push(writer.line(...(([n, make]) => [n, make()] as const)(pick(harmless))));
      else if (dice < 0.45) lines.push(writer.prose(pick(noise)()));
      else if (dice < 0.5) lines.push(writer.line('auth', b64(Array.from({ length: 4 }, () => pick(words)).join(' '))));
      else lines.push(writer.prose(Array.from({ length: 4 + below(8) }, () => pick(words)).join(' ')));
    }
    files.push({
      name: `case-${index}`,
      file: `case-${index}.${writer.ext}`,
      text: `${lines.join('\n')}\n`,
      lines: secret,
    });
  }
  return files;
}
