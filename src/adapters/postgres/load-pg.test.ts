import { expect, it } from 'vitest';
import { loadPg } from './load-pg.ts';

it('a driver that isn’t installed is NOT_AVAILABLE, with what to do', async () => {
  const missing = Object.assign(new Error("Cannot find package 'pg'"), { code: 'ERR_MODULE_NOT_FOUND' });
  await expect(loadPg(() => Promise.reject(missing))).rejects.toMatchObject({
    code: 'NOT_AVAILABLE',
    message: 'the npm package pg is not installed',
    hint: expect.stringContaining('npm install pg'),
  });
  expect((await loadPg()).Client).toBeTypeOf('function');
});
