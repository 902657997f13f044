import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// Keys and witnesses of the logs that tests make stay out of this user's own folders.
const home = mkdtempSync(join(tmpdir(), 'ggen-test-home-'));
process.once('exit', () => rmSync(home, { recursive: true, force: true }));

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    env: { GGEN_HOME: home },
    globalSetup: ['test/support/postgres-run.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/**/*.test.ts', 'src/**/*.fixture.ts'],
      reporter: ['text-summary', 'json-summary', 'lcov'],
    },
  },
});
