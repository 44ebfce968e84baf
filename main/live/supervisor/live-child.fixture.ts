/** A process with a show on air, to be killed: says the process ids of its children when the show has got somewhere. Argument: data folder. */
import { newProject } from '../../../app/document/new-project.ts';
import { openStorage } from '../../storage/open.ts';
import { fakeParts } from './fake-parts.fixture.ts';
import { createLiveSupervisor } from './live-supervisor.ts';

const dataDir = process.argv[2]!;
const storage = await openStorage({ dataDir });
const parts = fakeParts();
const supervisor = createLiveSupervisor({
  ...{ dataDir, liveShows: storage.liveShows, host: 'command', parts },
  ffmpeg: async () => ({ path: 'ffmpeg' }),
});
const project = newProject({ id: 'orphan', name: 'Shop', portrait: { kind: 'sample', id: 'lin' } });
const show = await supervisor.goLive(
  { project, destinations: [], recordingDir: null, forMs: null },
  new AbortController().signal,
);
for await (const status of show.watch())
  if (status.state === 'on-air' && (storage.liveShows.get('orphan')?.position?.line ?? 0) >= 3) break;
process.send?.(parts.sessions.map(({ pid }) => pid));
