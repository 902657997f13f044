// Exchanges a folder and a link in a loop, as somebody who wants a judged path to lead elsewhere: `swap ROOT`.
import { renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

const ws = join(process.argv[2]!, 'ws');
symlinkSync(join(process.argv[2]!, 'out'), join(ws, 'link'));
process.send?.('ready');
process.once('disconnect', () => process.exit());
const [real, link, live] = [join(ws, 'real'), join(ws, 'link'), join(ws, 'a')];
const spin = (): void => {
  for (let i = 0; i < 200; i += 1) {
    renameSync(live, real);
    renameSync(link, live);
    renameSync(live, link);
    renameSync(real, live);
  }
  setImmediate(spin);
};
spin();
