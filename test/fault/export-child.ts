// Exports the log of a workspace and stops after some pages, with all that it wrote as it lies there; its parent kills it.
import { openSystem, writeExport } from '../../src/compose/index.ts';

const [workspace = '', home = '', output = '', format = 'json', pages = '1', saveEvery = '1'] = process.argv.slice(2);
const { store } = await openSystem({ configDir: `${workspace}/config`, workspace, home, env: {} });
let left = Number(pages);
await writeExport({
  store: {
    head: store.head,
    tile: store.tile,
    read: async function* (filter) {
      for await (const page of store.read(filter)) {
        if (left === 0) {
          process.stdout.write('stopped\n');
          await new Promise((resolve) => setTimeout(resolve, 3_600_000));
        }
        left -= 1;
        yield page;
      }
    },
  },
  filter: {},
  asked: {},
  format: format as 'json' | 'csv',
  output,
  saveEvery: Number(saveEvery),
});
