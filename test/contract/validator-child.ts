// A validator as a program of its own, honest or faulty: `node validator-child.ts KEYFILE BEHAVIOUR [PIDFILE]`.
import { spawn } from 'node:child_process';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { type Question, questionFromJson, signVote, type Verdict, voteToJson } from '../../src/consensus/index.ts';
import { answerValidation } from '../../src/index.ts';

const [keyFile, behaviour = 'honest', pidFile] = process.argv.slice(2);
const privateKey = readFileSync(keyFile!, 'utf8');
const key = createPrivateKey(privateKey);

const stall = (): void => void setTimeout(() => undefined, 600_000);
const read = (): Question => questionFromJson(JSON.parse(readFileSync(0, 'utf8')));
const vote = (question: Question, verdict: Verdict, signer = key): string =>
  JSON.stringify(voteToJson(signVote({ ...question, verdict, findings: [] }, signer)));
const say = (...lines: string[]): void => void process.stdout.write(`${lines.join('\n')}\n`);

switch (behaviour) {
  case 'honest':
    await answerValidation(() => ({ verdict: 'valid', findings: ['looked\nat'] }), { privateKey });
    break;
  case 'crash':
    process.kill(process.pid, 'SIGKILL');
    break;
  case 'stall': {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 600000)'], { stdio: 'inherit' });
    if (pidFile) writeFileSync(pidFile, `${process.pid} ${child.pid}`);
    stall();
    break;
  }
  case 'lie':
    say(vote(read(), 'invalid'));
    break;
  case 'equivocate': {
    const question = read();
    say(vote(question, 'invalid'), vote(question, 'valid'));
    stall();
    break;
  }
  case 'votes-and-stalls':
    say(vote(read(), 'valid'));
    stall();
    break;
  case 'votes-and-fails':
    say(vote(read(), 'valid'));
    process.exitCode = 9;
    break;
  case 'unsigned':
    say('{"verdict":"valid"}');
    break;
  case 'garbage':
    say('valid!');
    break;
  case 'flood': {
    const line = 'x'.repeat(16_384);
    const more = (): void => void process.stdout.write(line, more);
    process.stdout.on('error', () => process.exit());
    more();
    break;
  }
  case 'silent':
    break;
  case 'exits':
    process.exitCode = 7;
    break;
  case 'wrong-key':
    say(vote(read(), 'valid', generateKeyPairSync('ed25519').privateKey));
    break;
  case 'wrong-ballot': {
    const question = read();
    say(vote({ ...question, ballot: { ...question.ballot, requestId: 'another' } }, 'valid'));
    break;
  }
  case 'wrong-epoch': {
    const question = read();
    say(vote({ ...question, ballot: { ...question.ballot, epoch: question.ballot.epoch + 1 } }, 'valid'));
    break;
  }
  default:
    throw new Error(`no behaviour ${behaviour}`);
}
