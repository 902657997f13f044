import { APPROVE_ACTION, REJECT_ACTION, readButtonValue } from '../../approvals/index.ts';
import type { SlackClick } from '../../compose/slack/index.ts';

/** What Slack posted. `other`: a button that decides nothing, such as the link. */
export type SlackPost =
  | {
      readonly kind: 'click';
      readonly click: SlackClick;
      /** the workspace that it came from */
      readonly team: string | undefined;
      readonly responseUrl: string | undefined;
    }
  | { readonly kind: 'other' };

/** From the body of a request that Slack signed; undefined where it is not understood. */
export function readSlackPost(body: Buffer): SlackPost | undefined {
  const [text, ...more] = new URLSearchParams(body.toString('utf8')).getAll('payload');
  const payload = text === undefined || more.length > 0 ? undefined : tableFrom(text);
  if (payload === undefined || !Array.isArray(payload.actions)) return undefined;
  if (payload.type !== 'block_actions') return undefined;
  const ours = payload.actions
    .map(tableOf)
    .filter(({ action_id: id }) => id === APPROVE_ACTION || id === REJECT_ACTION);
  const [action, second] = ours;
  if (action === undefined) return { kind: 'other' };
  const { id: user } = tableOf(payload.user);
  const value = readButtonValue(String(action.value));
  if (second !== undefined || value === undefined) return undefined;
  if (typeof user !== 'string' || !/^[UW][A-Z0-9]{2,30}$/.test(user)) return undefined;
  const { response_url: url } = payload;
  const { id: team } = tableOf(payload.team);
  return {
    kind: 'click',
    click: { user, ...value, approved: action.action_id === APPROVE_ACTION },
    team: typeof team === 'string' ? team : undefined,
    responseUrl: typeof url === 'string' ? url : undefined,
  };
}

function tableFrom(text: string): Record<string, unknown> | undefined {
  try {
    return tableOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function tableOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
