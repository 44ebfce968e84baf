import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { newProject } from '../../../app/document/new-project.ts';
import type { ShowPosition } from '../../../app/live/protocol.ts';
import { openStorage } from '../open.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shenghua-live-shows-'));
});
after(() => rm(folder, { recursive: true, force: true }));

const position: ShowPosition = {
  ...{ part: 'segments', segmentId: 'two', line: 3, sentence: 1, pass: 0, round: 7, drawn: 12 },
  played: { two: { show: 4, hour: '2026-11-22T18', inHour: 1, day: '2026-11-22', inDay: 2 } },
  varied: { 'two/price': 4 },
  desk: [null],
  paused: true,
};

test('a show is found again as it stood, until it is ended; its keys are nowhere on the disk', async () => {
  const project = newProject({ id: 'shop', name: 'Shop', portrait: { kind: 'sample', id: 'lin' } });
  const sha256 = 'ab'.repeat(32);
  project.live.show.music.tracks = [{ sha256, mediaType: 'audio/mpeg', fileName: 'beat.mp3' }];
  {
    const storage = await openStorage({ dataDir: folder });
    const destination = { id: 'one', url: 'rtmp://host/app', key: 'do-not-tell' };
    storage.liveShows.begin({
      ...{ projectId: 'shop', project, destinations: [destination], recordingDir: null, endsAtMs: 5, position: null },
      ...{ streamMs: 0, host: 'command', owner: 'process 1', beganAtMs: 1 },
    });
    storage.liveShows.savePosition('shop', position, 81_000.5);
    for (const name of await readdir(folder)) {
      if (name.startsWith('studio.db')) assert.ok(!(await readFile(join(folder, name))).includes('do-not-tell'), name);
    }
    storage.close();
  }
  const storage = await openStorage({ dataDir: folder });
  const [found, ...more] = storage.liveShows.onAir();
  assert.equal(more.length, 0);
  assert.deepEqual(found?.position, position);
  assert.equal(found?.streamMs, 81_000.5);
  assert.deepEqual(found?.destinations, [{ id: 'one', url: 'rtmp://host/app' }]);
  assert.deepEqual(found?.project, project);
  assert.equal(storage.liveShows.isAssetReferenced(sha256), true);

  storage.liveShows.saveDocument({
    ...project,
    live: { ...project.live, show: { ...project.live.show, music: { ...project.live.show.music, tracks: [] } } },
  });
  assert.equal(storage.liveShows.isAssetReferenced(sha256), false);
  storage.liveShows.end('shop');
  assert.deepEqual(storage.liveShows.onAir(), []);
  assert.equal(storage.liveShows.get('shop')?.onAir, false);
  storage.close();
});
