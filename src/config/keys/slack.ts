import type { SlackConfig } from '../../model/configuration.ts';
import { LISTEN_FORM, parseListenAddress } from '../listen-address.ts';
import { boolean, optionalText, type Spec, text, withVariables } from '../spec.ts';
import { record, table } from '../spec-tables.ts';

/** Slack's own have 32 characters. With an empty one anybody could sign. */
const MIN_SECRET = 16;

const address = text('Where clicks come in, as address and port; beyond this machine only where it says so.', {
  default: '127.0.0.1:8787',
});
const listen: Spec<string> = {
  ...address,
  schema: () => ({ ...address.schema(), pattern: LISTEN_FORM.source }),
  read(value, path, report) {
    const given = address.read(value, path, report);
    if (parseListenAddress(given) !== undefined) return given;
    report.error(path, 'expected an address and a port', 'as in "127.0.0.1:8787" or "[::1]:8787"');
    return address.absent();
  },
};

/** `[approvals.slack]` */
export const slack = table<SlackConfig>(
  'Buttons in Slack that decide on what one approval is enough for and that can be undone.',
  {
    buttons: boolean('Whether messages in Slack’s form have buttons, and `ggen-mcp worker` takes clicks.', {
      default: false,
    }),
    team: optionalText('Id of the Slack workspace whose clicks count (T0123ABC); absent: of all that the app is in.'),
    signingSecret: withVariables(
      optionalText('The signing secret of the Slack app: proves that Slack sent a click.'),
      (secret) =>
        secret.length < MIN_SECRET
          ? `expected the signing secret of a Slack app: at least ${MIN_SECRET} characters`
          : undefined,
    ),
    listen,
    users: record(
      'Who is who: ids of people under [[approvers.user]] by their ids in Slack.',
      text('Id of a person.', { default: '', nonEmpty: true }),
      {
        keys: /^[UW][A-Z0-9]{2,30}$/,
        keysAre: 'id of a Slack user (U0123ABC)',
      },
    ),
  },
);
