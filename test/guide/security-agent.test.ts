import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SecurityAgent, SecurityConfig, type ValidationResult } from '../../src/index.ts';
import { type Folder, openFolder } from './folder.ts';

let folder: Folder;
let security: SecurityAgent;
beforeEach(() => {
  folder = openFolder();
  security = new SecurityAgent({ workspace: folder.workspace });
});
afterEach(() => folder.remove());

/** The error that the guide's sample returns; `proceed` where there is none. */
function say(what: string, result: ValidationResult): string {
  return result.safe ? 'proceed' : `Unsafe ${what}: ${result.reason}`;
}

describe('Input Validation', () => {
  it('SecurityAgent.validatePath finds the traversal of the sample', async () => {
    expect(say('path', await security.validatePath('../../../etc/passwd'))).toMatch(/^Unsafe path: .+/);
  });

  it('SecurityAgent.validatePath lets a path of the workspace pass', async () => {
    expect(await security.validatePath('templates/api_endpoint.rs')).toEqual({ safe: true });
  });

  it('SecurityAgent.validateCommand finds the injection of the sample', async () => {
    expect(say('command', await security.validateCommand('ls; rm -rf /'))).toMatch(/^Unsafe command: .+/);
  });

  it('SecurityAgent.validateCommand lets a simple allowed command pass', async () => {
    expect(await security.validateCommand('git status')).toEqual({ safe: true });
  });

  it('SecurityAgent works on its defaults, without any argument', async () => {
    expect(await new SecurityAgent().validatePath('../../../etc/passwd')).toMatchObject({ safe: false });
  });
});

describe('Secure Defaults', () => {
  it('SecurityConfig.default has the nine values of the guide', () => {
    expect(SecurityConfig.default()).toEqual({
      inputValidation: true,
      secretScanning: true,
      pathTraversalProtection: true,
      commandInjectionProtection: true,
      requireTls: true,
      auditLogging: true,
      rateLimiting: true,
      maxRequestSizeMb: 10,
      sessionTimeoutMinutes: 30,
    });
  });
});
