import { type ApproverKeyFiles, type ClosedKey, MIN_PASSPHRASE, type OpenKey } from '../compose/index.ts';
import { GgenError, isGgenError } from '../kernel/errors.ts';
import { askSecretAtTerminal } from './terminal.ts';

const TRIES = 3;

/** A new passphrase, typed twice. */
export async function askNewPassphrase(approver: string): Promise<string> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const first = await askSecretAtTerminal(
      `new passphrase for ${approver}'s key (${MIN_PASSPHRASE} characters or more): `,
    );
    if (first === '') break;
    if (first.length < MIN_PASSPHRASE) continue;
    if ((await askSecretAtTerminal('the same once more: ')) === first) return first;
  }
  throw new GgenError('NOT_PERMITTED', 'no passphrase was given twice, so no key was made');
}

/** The key, opened with what is typed behind `question`; undefined where nothing is typed. */
export async function openAtTerminal(
  files: ApproverKeyFiles,
  closed: ClosedKey,
  question: string,
): Promise<OpenKey | undefined> {
  for (let tries = 1; ; tries += 1) {
    const left = tries === TRIES ? 'the last try' : 'two more tries';
    const again = `wrong; ${left}: passphrase of ${closed.approver}'s key: `;
    const passphrase = await askSecretAtTerminal(tries === 1 ? question : again);
    if (passphrase === '') return undefined;
    try {
      return await files.open(closed, passphrase);
    } catch (error) {
      if (!isGgenError(error) || error.code !== 'NOT_PERMITTED' || tries === TRIES) throw error;
    }
  }
}
