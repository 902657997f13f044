import { parseVoteStatement } from '../../approvals/index.ts';
import { createApproverKeyFiles, findPlaces, writeFileAtomic } from '../../compose/index.ts';
import { GgenError } from '../../kernel/errors.ts';
import { armored } from '../../kernel/ssh-signature.ts';
import { printable } from '../../kernel/text.ts';
import { type Command, EXIT } from '../command.ts';
import { openAtTerminal } from '../passphrase.ts';
import { readText } from './open-trail.ts';
import { outputFile } from './output-file.ts';

/** `ggen-mcp approvals sign FILE`: an approver who has a key here, and neither configuration nor store. */
export const approvalsSign: Command = {
  name: 'approvals sign',
  usage: 'approvals sign FILE --output FILE',
  summary: 'sign a statement with your own key, for somebody to hand in; asks at the terminal',
  details:
    'FILE is what approvals statement printed, where the request can be seen: a statement holds its digest alone. For a\n' +
    'key that `ggen-mcp keys create --output` made; ssh-keygen signs with SSH keys.',
  options: { output: { type: 'string', value: 'FILE', about: 'where the signature goes, for approvals submit' } },
  exits: '0 signed, 1 nothing signed, 2 it can not be signed: no statement, no key of that name here',
  positionals: ['FILE'],
  async run(context) {
    const file = context.positionals[0]!;
    const { output } = context.values;
    if (typeof output !== 'string') throw new GgenError('USAGE', '--output is missing');
    const statement = readText(file, 'FILE');
    const { approver, approvalId, approved, comment, onBehalfOf, unseen } = parseVoteStatement(statement);
    const path = outputFile(context, undefined, { value: output, replace: 'no word' });
    const files = createApproverKeyFiles(findPlaces(context).keysDir);
    const own = files.list().findLast((one) => one.approver === approver);
    if (own === undefined) {
      throw new GgenError('NOT_FOUND', `there is no key of ${printable(approver, 200)} here`, {
        hint: `ggen-mcp keys create --approver ${printable(approver, 200)} --output FILE`,
      });
    }
    const lines = [
      `${approved ? 'approve' : 'reject'} request ${printable(approvalId, 200)} as ${printable(approver, 200)}`,
      ...(onBehalfOf === undefined ? [] : [`  for        ${printable(onBehalfOf, 200)}`]),
      ...(comment === undefined ? [] : [`  comment    ${printable(comment, 2000)}`]),
      ...(unseen ? ['  UNSEEN     not all of the request can be shown'] : []),
      '  what it is about is not shown here: approvals show, where the request is',
    ];
    const opened = await openAtTerminal(files, own, `${lines.join('\n')}\n\nPassphrase to confirm: `);
    if (opened === undefined) {
      context.print('nothing signed');
      return EXIT.no;
    }
    writeFileAtomic(path, armored(await opened.sign(statement)), 0o600);
    context.print(`signed; ${output} is for ggen-mcp approvals submit`);
    return EXIT.ok;
  },
};
