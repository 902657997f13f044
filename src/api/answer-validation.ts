import { privateKeyOf, voteOn } from '../compose/index.ts';
import { isBallotOn, type Question, questionFromJson, type Validate, voteToJson } from '../consensus/index.ts';
import { canonicalJson } from '../kernel/canonical-json.ts';
import { GgenError } from '../kernel/errors.ts';
import type { Json } from '../kernel/json.ts';

export interface VoterOptions {
  /** the validator's own Ed25519 key (PKCS #8 PEM), whose public part the ByzantineValidator has */
  readonly privateKey: string;
}

/** How many votes a voter keeps in mind. */
const REMEMBERED = 1000;

/**
 * A validator as a service of its own: gets the question as the JSON text that was posted, gives the JSON text to answer
 * with. It signs only for what it was shown, and never two verdicts on one ballot, however often it is asked.
 * INPUT_INVALID for what is no question; rejects where `validate` does.
 */
export function createVoter(validate: Validate, { privateKey }: VoterOptions): (question: string) => Promise<string> {
  const key = privateKeyOf('of this voter', privateKey);
  const given = new Map<string, Promise<string>>();
  return async (text) => {
    const question = questionFromText(text);
    const { validator, ballot } = question;
    const about = canonicalJson([validator, { ...ballot }]);
    const before = given.get(about);
    if (before !== undefined) return before;
    const vote = voteOn(validate, question, key).then((one) => JSON.stringify(voteToJson(one)));
    if (given.size >= REMEMBERED) given.delete(given.keys().next().value!);
    given.set(about, vote);
    // Nothing was signed: another try may say something.
    vote.catch(() => given.delete(about));
    return vote;
  };
}

/**
 * A validator as a program of its own: reads the question from standard input, prints the vote. For use as `command` of
 * a ByzantineValidator's validator; rejects, so that the program ends with a code, where it can't vote.
 */
export async function answerValidation(validate: Validate, options: VoterOptions): Promise<void> {
  const vote = createVoter(validate, options);
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) chunks.push(chunk);
  const answer = await vote(Buffer.concat(chunks).toString('utf8'));
  await new Promise<void>((resolve) => process.stdout.write(`${answer}\n`, () => resolve()));
}

function questionFromText(text: string): Question {
  let json: Json;
  try {
    json = JSON.parse(text);
  } catch {
    throw new GgenError('INPUT_INVALID', 'the question is no JSON');
  }
  const question = questionFromJson(json);
  if (isBallotOn(question.ballot, question)) return question;
  // THREAT: a signature for one thing obtained by showing another.
  throw new GgenError('INPUT_INVALID', 'the ballot is not on the operation and the context that came with it');
}
