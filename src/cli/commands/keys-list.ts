import { isLive, SLACK_NAMESPACE } from '../../approvals/index.ts';
import { createApproverKeyFiles, createRelayKeyFiles, findPlaces } from '../../compose/index.ts';
import { type Command, EXIT } from '../command.ts';
import { loadPolicies } from './load-policies.ts';

/** `ggen-mcp keys list`. */
export const keysList: Command = {
  name: 'keys list',
  usage: 'keys list [--json]',
  summary: "show approvers' keys: which count, and which you have",
  details:
    'Those that are enrolled, and those of yours that are not. What is revoked is still there to check old votes. Keys\n' +
    'by way of Slack pass clicks on, and sign nothing else.',
  options: { json: { type: 'boolean', about: 'one JSON object a line' } },
  exits: '0 shown, none included; 2 the configuration can not be read',
  positionals: [],
  async run(context) {
    const now = Date.now();
    const enrolled = loadPolicies(context).keys.all;
    const { keysDir } = findPlaces(context);
    const own = [...createApproverKeyFiles(keysDir).list(), ...createRelayKeyFiles(keysDir).list()];
    const isOwn = (fingerprint: string): boolean => own.some((one) => one.key.fingerprint === fingerprint);
    const lines = [
      ...enrolled.map((one) => ({
        approver: one.approver,
        fingerprint: one.key.fingerprint,
        kind: one.key.type,
        state: isLive(one, now) ? 'counts' : now < one.from ? 'not yet' : 'revoked',
        yours: isOwn(one.key.fingerprint),
        ...(one.namespace === SLACK_NAMESPACE ? { via: 'slack' } : {}),
      })),
      ...own
        .filter(({ key }) => !enrolled.some((one) => one.key.fingerprint === key.fingerprint))
        .map(({ approver, key: { fingerprint, type } }) => {
          return { approver, fingerprint, kind: type, state: 'not enrolled', yours: true };
        }),
    ];
    for (const line of lines) {
      const { approver, fingerprint, state, yours } = line;
      const via = 'via' in line ? ', by way of Slack' : '';
      if (context.values.json) context.print(JSON.stringify(line));
      else context.print(`${approver}  ${fingerprint}  ${state}${via}${yours ? ', yours' : ''}`);
    }
    if (lines.length === 0 && !context.values.json) context.print('no keys; ggen-mcp keys create makes one');
    return EXIT.ok;
  },
};
