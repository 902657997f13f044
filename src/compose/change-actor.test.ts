import { describe, expect, it, vi } from 'vitest';
import { processUser } from './change-actor.ts';

const os = vi.hoisted(() => ({ userInfo: vi.fn() }));
vi.mock('node:os', () => os);

describe('the user who runs this process', () => {
  it('is named by the account, a person and not the program', () => {
    os.userInfo.mockReturnValueOnce({ username: 'mary' });
    expect(processUser()).toEqual({ actorType: 'user', id: 'mary', name: 'mary' });
  });

  it('is named by its number where it has no account, as in a container', () => {
    os.userInfo.mockImplementationOnce(() => {
      throw new Error('uv_os_get_passwd returned ENOENT');
    });
    const id = `uid ${process.getuid?.() ?? 'unknown'}`;
    expect(processUser()).toEqual({ actorType: 'user', id, name: id });
  });
});
