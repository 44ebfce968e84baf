/**
 * `full-disk.fixture.ts DATA CACHE`, where DATA is a small file system of its own: a film that does not fit, then, with more room,
 * the same job again. Prints what became of both, and what lies in the library.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { film, never, openWorld, smallTalk } from './queue-world.fixture.ts';

const [, , dataDir = '', cacheIn = ''] = process.argv;
await using world = await openWorld(dataDir, { cacheIn });
const talk = smallTalk({ script: { lines: [{ id: '1', text: 'Hello, this is a talk.', pauseAfterMs: 0 }] } });
const target = film({ size: { widthPx: 1280, heightPx: 720 }, output: { preset: 'ultrafast', crf: 1 } });
const [job] = await world.enqueue(talk, target);
const id = job?.id ?? '';
const full = await world.ended(id);
const left = readdirSync(join(dataDir, 'library'));
execFileSync('mount', ['-o', 'remount,size=200m', dataDir]);
await world.queue.service.retry({ id }, never);
const roomy = await world.ended(id);
process.stdout.write(JSON.stringify({ full: full.status, left, roomy: roomy.status }));
