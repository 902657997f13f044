import type { Chance } from './seeded.ts';

/** A file that a secret stands in: `%K` is its name in capitals, `%k` in small letters, `%c` in camelCase, `%V` the value. */
export interface Setting {
  readonly name: string;
  readonly path: string;
  readonly lines: readonly string[];
  /** values of more than a few words don't stand here */
  readonly quoted: boolean;
}

export const SETTINGS: readonly Setting[] = [
  { name: 'env', path: '.env', quoted: false, lines: ['NODE_ENV=production', 'PORT=8080', '%K=%V', 'LOG_LEVEL=info'] },
  { name: 'env-quoted', path: '.env.local', quoted: true, lines: ['# local only', 'export %K="%V"', 'DEBUG=1'] },
  {
    name: 'typescript',
    path: 'src/client.ts',
    quoted: true,
    lines: [
      "import { request } from './http.ts';",
      '',
      "const %c = '%V';",
      'export const client = createClient({ retries: 3, timeout: 5000 });',
    ],
  },
  {
    name: 'javascript-object',
    path: 'config.js',
    quoted: true,
    lines: ['module.exports = {', "  host: 'localhost',", '  %c: "%V",', '  port: 3000,', '};'],
  },
  {
    name: 'python',
    path: 'settings.py',
    quoted: true,
    lines: ['import os', 'DEBUG = False', "%K = '%V'", "ALLOWED_HOSTS = ['shop.io']"],
  },
  {
    name: 'python-call',
    path: 'deploy.py',
    quoted: true,
    lines: ['import boto3', 'session = connect(region="eu-west-1", %k="%V", retries=2)', 'session.run()'],
  },
  { name: 'yaml', path: 'config.yml', quoted: false, lines: ['server:', '  port: 8080', '  %k: %V', '  debug: false'] },
  { name: 'yaml-quoted', path: 'app.yaml', quoted: true, lines: ['env_variables:', '  %K: "%V"', '  TIER: web'] },
  {
    name: 'json',
    path: 'appsettings.json',
    quoted: true,
    lines: ['{', '  "logging": { "level": "Information" },', '  "%c": "%V",', '  "timeout": 30', '}'],
  },
  { name: 'json-line', path: 'dump.json', quoted: true, lines: ['{"id":17,"%k":"%V","active":true}'] },
  {
    name: 'properties',
    path: 'application.properties',
    quoted: false,
    lines: ['server.port=8080', 'app.%k=%V', 'x.y=z'],
  },
  { name: 'ini', path: 'setup.ini', quoted: false, lines: ['[service]', 'url = https://shop.io', '%k = %V', '[log]'] },
  { name: 'toml', path: 'config.toml', quoted: true, lines: ['[service]', 'name = "shop"', '%k = "%V"'] },
  {
    name: 'terraform',
    path: 'main.tf',
    quoted: true,
    lines: ['provider "shop" {', '  region = "eu"', '  %k    = "%V"', '}'],
  },
  {
    name: 'dockerfile',
    path: 'Dockerfile',
    quoted: false,
    lines: ['FROM node:24', 'ENV %K=%V', 'CMD ["node", "x.js"]'],
  },
  {
    name: 'compose',
    path: 'docker-compose.yml',
    quoted: false,
    lines: ['services:', '  web:', '    environment:', '      - %K=%V', '      - TZ=UTC'],
  },
  {
    name: 'workflow',
    path: '.github/workflows/ci.yml',
    quoted: false,
    lines: ['jobs:', '  build:', '    env:', '      %K: %V', '    steps: []'],
  },
  { name: 'shell', path: 'deploy.sh', quoted: true, lines: ['#!/bin/sh', 'set -eu', '%K="%V" ./run --all'] },
  {
    name: 'go',
    path: 'main.go',
    quoted: true,
    lines: ['package main', '', 'const %c = "%V"', '', 'func main() { serve() }'],
  },
  { name: 'go-short', path: 'x.go', quoted: true, lines: ['func dial() {', '\t%c := "%V"', '\tconnect(%c)', '}'] },
  {
    name: 'java',
    path: 'Client.java',
    quoted: true,
    lines: ['class Client {', '  private static final String %K = "%V";', '}'],
  },
  { name: 'csharp', path: 'Client.cs', quoted: true, lines: ['class Client {', '  string %c = @"%V";', '}'] },
  { name: 'ruby', path: 'config.rb', quoted: true, lines: ['Shop.configure do |c|', "  c.%k = '%V'", 'end'] },
  { name: 'ruby-hash', path: 'x.rb', quoted: true, lines: ["opts = { :%k => '%V', retry: true }"] },
  { name: 'php', path: 'config.php', quoted: true, lines: ['<?php', "define('%K', '%V');", "$x['%k'] = 1;"] },
  { name: 'php-array', path: 'app.php', quoted: true, lines: ['<?php return [', "  '%k' => '%V',", '];'] },
  {
    name: 'xml',
    path: 'settings.xml',
    quoted: false,
    lines: ['<server>', '  <id>shop</id>', '  <%c>%V</%c>', '</server>'],
  },
  {
    name: 'xml-attribute',
    path: 'web.config',
    quoted: true,
    lines: ['<appSettings>', '  <add key="%K" value="%V" />', '</appSettings>'],
  },
  { name: 'swift', path: 'Keys.swift', quoted: true, lines: ['enum Keys {', '  static let %c: String = "%V"', '}'] },
  { name: 'rust', path: 'main.rs', quoted: true, lines: ['const %K: &str = "%V";', 'fn main() {}'] },
  { name: 'kotlin', path: 'Keys.kt', quoted: true, lines: ['object Keys {', '  const val %K = "%V"', '}'] },
  { name: 'gradle', path: 'gradle.properties', quoted: false, lines: ['org.gradle.daemon=true', '%c=%V'] },
  { name: 'markdown', path: 'docs/setup.md', quoted: true, lines: ['# Setup', '', '```', 'export %K="%V"', '```'] },
  { name: 'comment', path: 'src/x.ts', quoted: true, lines: ['// old one: %c = "%V"', 'export {};'] },
];

/** Lines of ordinary code around a secret. */
export const ORDINARY: readonly string[] = [
  'const total = items.reduce((sum, item) => sum + item.price, 0);',
  '# retries: 3',
  'return response.status === 200 ? parse(response) : undefined;',
  'The service reads its settings at the start and again at SIGHUP.',
  'for (const [key, value] of entries) headers.set(key, value);',
  'if err != nil { return fmt.Errorf("token refresh: %w", err) }',
  'class PasswordField(forms.CharField): widget = PasswordInput',
  'SELECT id, name FROM users WHERE password_hash IS NOT NULL;',
  'logger.info("secret rotated", { version, secretName });',
  'docs: see https://example.com/docs/authentication#api-keys',
];

/** The file with its secret: its text and the line, from 1, that a scanner has to name. */
export function settle(setting: Setting, key: string, value: string, chance: Chance): { text: string; line: number } {
  const small = key.toLowerCase();
  const camel = small.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const before = Array.from({ length: chance.below(4) }, () => chance.pick(ORDINARY));
  const lines = setting.lines.map((line) =>
    line.replace(/%([KkcV])/g, (_, which: string) =>
      which === 'V' ? value : which === 'K' ? key : which === 'k' ? small : camel,
    ),
  );
  const line = setting.lines.findIndex((one) => one.includes('%V'));
  return { text: [...before, ...lines, chance.pick(ORDINARY), ''].join('\n'), line: before.length + line + 1 };
}
