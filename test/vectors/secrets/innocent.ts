import { BASE62, BASE64, type Chance, DIGITS, HEX, UPPER, URL64 } from './seeded.ts';

/** What looks like a secret to a careless scanner and is none. */
export interface Innocent {
  readonly name: string;
  readonly path: string;
  make(chance: Chance): string;
}

const uuid = (c: Chance): string => [8, 4, 4, 4, 12].map((length) => c.text(length, HEX)).join('-');

export const INNOCENT: readonly Innocent[] = [
  {
    name: 'lockfile',
    path: 'package-lock.json',
    make: (c) =>
      `"node_modules/token-kit": {\n  "version": "2.1.${c.below(9)}",\n  "resolved": "https://registry.npmjs.org/token-kit/-/token-kit-2.1.0.tgz",\n  "integrity": "sha512-${c.text(86, BASE64)}=="\n}`,
  },
  { name: 'yarn-lock', path: 'yarn.lock', make: (c) => `secret-kit@^1.0.0:\n  checksum: ${c.text(128, HEX)}` },
  { name: 'go-sum', path: 'go.sum', make: (c) => `example.com/oauth/token v1.2.0 h1:${c.text(43, BASE64)}=` },
  { name: 'commit', path: 'CHANGES.md', make: (c) => `- ${c.text(40, HEX)} token refresh: one request less` },
  {
    name: 'action-pin',
    path: 'ci.yml',
    make: (c) => `- uses: actions/create-github-app-token@${c.text(40, HEX)} # v1`,
  },
  { name: 'uuid', path: 'ids.json', make: (c) => `{ "tenantId": "${uuid(c)}", "requestId": "${uuid(c)}" }` },
  { name: 'key-id', path: 'keys.yml', make: (c) => `api_key_id: ${uuid(c)}\nkms_key_id: ${uuid(c)}` },
  {
    name: 'base64-image',
    path: 'x.css',
    make: (c) => `.token{background:url(data:image/png;base64,iVBORw0KGgo${c.text(400, BASE64)}==)}`,
  },
  {
    name: 'svg-path',
    path: 'x.svg',
    make: (c) => `<path id="secret" d="M${c.text(40, DIGITS)}l${c.text(20, DIGITS)}z"/>`,
  },
  {
    name: 'minified',
    path: 'x.min.js',
    make: (c) =>
      `!function(e,t){var n=e.token,r=t.password;${c.text(3)}=n.apiKey||r;function s(e){return e.secret=t[${c.below(99)}],e}}(this,{token:a1b2,password:u.p9f,secretKey:n.K7d()});`,
  },
  {
    name: 'sourcemap',
    path: 'x.js.map',
    make: (c) => `{"version":3,"names":["token"],"mappings":"${c.text(300, `${BASE62};,`)}"}`,
  },
  { name: 'css-module', path: 'x.html', make: (c) => `<div class="token_${c.text(6)} password-${c.text(5)}"></div>` },
  { name: 'public-key', path: 'id.pub', make: (c) => `ssh-rsa AAAAB3NzaC1yc2E${c.text(340, BASE64)} token@host` },
  {
    name: 'certificate',
    path: 'ca.pem',
    make: (c) => `-----BEGIN CERTIFICATE-----\n${c.text(64, BASE64)}\n${c.text(64, BASE64)}\n-----END CERTIFICATE-----`,
  },
  {
    name: 'public-pem',
    path: 'pub.pem',
    make: (c) => `-----BEGIN PUBLIC KEY-----\n${c.text(64, BASE64)}\n-----END PUBLIC KEY-----`,
  },
  {
    name: 'changeme',
    path: '.env.example',
    make: () => 'DB_PASSWORD=changeme\nAPI_KEY=your_api_key_here\nSECRET_KEY=change-me-please',
  },
  {
    name: 'xxxx',
    path: 'README.md',
    make: () => 'export API_TOKEN=xxxxxxxxxxxxxxxxxxxxxxxx\nexport CLIENT_SECRET="XXXXXXXX-XXXX-XXXX"',
  },
  {
    name: 'angle',
    path: 'USAGE.md',
    make: () => 'api_key: <YOUR_API_KEY>\n--token=<personal-access-token>\npassword: "<password>"',
  },
  {
    name: 'dots',
    path: 'guide.md',
    make: () => `AWS_SECRET_ACCESS_KEY=********************\ntoken: gh${'p'}_...\nkey = "sk-${'...'}"`,
  },
  {
    name: 'env-lookup',
    path: 'config.ts',
    make: () =>
      "const apiKey = process.env['API_KEY'] ?? '';\nconst secret = env.SESSION_SECRET;\npassword: import.meta.env.VITE_PASSWORD,",
  },
  {
    name: 'python-env',
    path: 'config.py',
    make: () =>
      'SECRET_KEY = os.environ["SECRET_KEY"]\npassword = os.getenv("DB_PASSWORD", "")\ntoken = config.get("auth", "token")',
  },
  {
    name: 'shell-var',
    path: 'x.sh',
    make: () =>
      'export TOKEN="${GITHUB_TOKEN:-}"\nPASSWORD=$(cat /run/secrets/db_password)\ncurl -H "Authorization: Bearer $TOKEN"',
  },
  {
    name: 'workflow-secret',
    path: 'ci.yml',
    make: () =>
      'env:\n  NPM_TOKEN: ${{ secrets.NPM_TOKEN }}\n  password: ${{ inputs.password }}\n  token: ${{ github.token }}',
  },
  {
    name: 'template',
    path: 'values.tpl',
    make: () =>
      'password: {{ .Values.db.password | b64enc }}\napiKey: {{ lookup("env", "API_KEY") }}\nsecret = "%(secret)s"',
  },
  {
    name: 'terraform-var',
    path: 'x.tf',
    make: () =>
      'password = var.db_password\ntoken    = data.vault_generic_secret.app.data["token"]\napi_key  = module.keys.api_key_value',
  },
  {
    name: 'kubernetes-ref',
    path: 'deploy.yaml',
    make: () =>
      'valueFrom:\n  secretKeyRef:\n    name: database-credentials\n    key: postgres-password\nsecretName: tls-wildcard-certificate-2024',
  },
  {
    name: 'call',
    path: 'x.ts',
    make: () =>
      'const token = await fetchAccessToken(clientId2, scope);\nconst password = generatePassword(24);\nthis.secret = deriveSecretFromSeed256(seed);',
  },
  {
    name: 'types',
    path: 'types.ts',
    make: () =>
      'interface Auth { token: Base64UrlString; password?: string; apiKey: ApiKeyV2Reference }\nfunction f(secret: Uint8Array<ArrayBuffer>): void {}',
  },
  {
    name: 'words',
    path: 'en.json',
    make: () =>
      '"password": "Please enter your password",\n"forgotPassword": "forgot-your-password-title",\n"tokenExpired": "session_expired_sign_in_again"',
  },
  {
    name: 'german',
    path: 'de.json',
    make: () => '"password": "Passwort-vergessen",\n"secret": "Zwischenspeicherung",\n"token": "Zugriffsberechtigung"',
  },
  {
    name: 'labels',
    path: 'form.tsx',
    make: () =>
      '<input name="password" autoComplete="current-password" id="login-password-2" />\nlabel(token="settings.apiKeys.create.v2.title")',
  },
  {
    name: 'constants',
    path: 'events.ts',
    make: () =>
      "export const TOKEN_REFRESHED = 'AUTH_TOKEN_REFRESHED';\nconst PASSWORD_KEY = 'user.preferences.password_policy_v2';\nconst SECRET_HEADER = 'x-amz-security-token';",
  },
  {
    name: 'regex',
    path: 'rules.ts',
    make: () =>
      `const tokenPattern = /gh${'p'}_[A-Za-z0-9]{36}/;\nsecret_regex = "[a-z0-9]{32}"\npassword: ^(?=.*[A-Z])(?=.*\\d).{8,}$`,
  },
  {
    name: 'urls',
    path: 'oauth.yml',
    make: () =>
      'token_url: https://login.microsoftonline.com/common/oauth2/v2.0/token\ntoken: "https://idp.shop.io/oauth2/token?v=20240101"\nsecret: arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf',
  },
  {
    name: 'paths',
    path: 'paths.yml',
    make: () =>
      'password_file: /run/secrets/db_password_v2\nprivate_key: ~/.ssh/id_ed25519\ntoken: ./tokens/session-2024-01.jwt',
  },
  {
    name: 'vault-reference',
    path: 'app.yml',
    make: () =>
      'password: vault:secret/data/shop#db_password\ntoken: op://Shop/github/token\nsecret: ENC[AES256_GCM,data:kq3,type:str]\napi_key: projects/1234/secrets/api-key/versions/2',
  },
  {
    name: 'numbers',
    path: 'limits.ts',
    make: () =>
      'max_tokens = 128000\ntokenCount: 1048576\npassword_min_length=12\nsecret_rotation_days: 90\ntokens: 20240115093000',
  },
  {
    name: 'documented-examples',
    path: 'aws.md',
    make: () =>
      `AKIA${'IOSFODNN7EXAMPLE'}\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCY${'EXAMPLEKEY'}\npostgres://user:password@localhost:5432/db`,
  },
  {
    name: 'cookie-names',
    path: 'x.py',
    make: () =>
      "CSRF_COOKIE_NAME = 'csrftoken'\nSESSION_TOKEN_HEADER = 'HTTP_X_CSRFTOKEN'\nPASSWORD_HASHERS = ['django.contrib.auth.hashers.Argon2PasswordHasher']",
  },
  {
    name: 'tests',
    path: 'auth.test.ts',
    make: () =>
      "login({ user: 'ada', password: 'password123' });\nexpect(token).toBe('token-1');\nconst secret = 'my-test-secret';\nclient({ apiKey: 'test-api-key' });",
  },
  {
    name: 'hash-of',
    path: 'manifest.json',
    make: (c) => `{ "tokens.css": "${c.text(20, HEX)}", "secret.js": { "hash": "${c.text(64, HEX)}", "size": 18121 } }`,
  },
  {
    name: 'etag',
    path: 'x.http',
    make: (c) => `ETag: "${c.text(32, HEX)}"\nX-Request-Id: ${uuid(c)}\nset-cookie: lang=de`,
  },
  {
    name: 'css-token',
    path: 'tokens.scss',
    make: () =>
      '$token-color-primary-500: #3b82f6;\n--token-shadow-lg: 0 10px 15px -3px rgb(0 0 0 / 0.1);\n$secret: map-get($theme, secret-2);',
  },
  {
    name: 'short-names',
    path: 'ids.txt',
    make: (c) =>
      `SK${c.text(12, HEX)} AC${c.text(30, DIGITS)}\nkey-${c.text(8, HEX)} dapi-client-2 hf_hub_download ya29`,
  },
  {
    name: 'serial',
    path: 'devices.csv',
    make: (c) => `serial,name\n${c.text(20, UPPER + DIGITS)},router\n${c.text(20, UPPER + DIGITS)},switch`,
  },
  {
    name: 'ids',
    path: 'data.json',
    make: (c) => `{"id":"${c.text(21, URL64)}","documentId":"${c.text(28)}","channel":"C${c.text(10, UPPER)}"}`,
  },
  {
    name: 'public-names',
    path: 'map.js',
    make: () =>
      "const keyboard = { secret: 'ArrowLeft', token: 'Identifier.StringLiteral', password: 'IconLockOutline24' };",
  },
  {
    name: 'null',
    path: 'x.yml',
    make: () => 'password: null\ntoken: ~\nsecret: ""\napi_key: undefined\nclient_secret: none\nauth_token: false',
  },
  {
    name: 'jwt-part',
    path: 'jwt.md',
    make: () => `The header is eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9 and means {"alg":"HS256"}`,
  },
  {
    name: 'bad-checksum',
    path: 'fixtures.ts',
    make: (c) => `const fake = 'gh${'p'}_${c.text(30)}000000';\nconst other = 'np${'m'}_${c.text(30)}000000';`,
  },
];
