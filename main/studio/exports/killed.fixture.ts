/** `killed.fixture.ts DATA` exports a talk, says the job's id while its frames are being drawn, and waits to be killed. */
import { film, openWorld, smallTalk } from './queue-world.fixture.ts';

await using world = await openWorld(process.argv[2] ?? '');
const talk = smallTalk({ script: { lines: [{ id: '1', text: 'Hello, this is a talk.', pauseAfterMs: 0 }] } });
const [job] = await world.enqueue(talk, film({ size: { widthPx: 640, heightPx: 360 }, output: { preset: 'medium' } }));
await world.until(job?.id ?? '', ({ status }) => status.state === 'running' && status.progress > 0.2);
process.stdout.write(`${job?.id}\n`);
await world.ended('never');
