// The least that a recording proxy can be: every chunk from the client is passed on after one bare durable commit.
// `node committing-pipe.mjs DATABASE COMMAND…`. What it adds to a call is the floor under what ggen-mcp proxy adds.
import { spawn } from 'node:child_process';
import { DatabaseSync } from 'node:sqlite';

const [path, program, ...args] = process.argv.slice(2);
const db = new DatabaseSync(path);
db.exec(
  'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE entry (seq INTEGER PRIMARY KEY, body TEXT)',
);
const begin = db.prepare('BEGIN IMMEDIATE');
const insert = db.prepare('INSERT INTO entry (body) VALUES (?)');
const commit = db.prepare('COMMIT');
const body = 'x'.repeat(1500);
const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
process.stdin.on('data', (chunk) => {
  begin.run();
  insert.run(body);
  commit.run();
  child.stdin.write(chunk);
});
process.stdin.on('end', () => child.stdin.end());
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.stdout.pipe(process.stdout);
child.on('exit', (code) => process.exit(code ?? 1));
