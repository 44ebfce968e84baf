import assert from 'node:assert/strict';
import type { StudioClient } from '../../app/contract/index.ts';
import type { Avatar } from '../../app/document/avatar.ts';

/** Makes a project of one short line and exports it; gives the finished work's id. */
export async function exportTalk(rpc: StudioClient, portrait: Avatar['portrait']): Promise<string> {
  const { id } = await rpc.projects.create({ from: 'empty', locale: 'en', name: 'Boot' });
  const { project, revision } = await rpc.projects.get({ id });
  assert.deepEqual(project.script.lines, []);
  const line = { id: 'l1', text: 'Hello there.', emotion: 'happy', intensity: 1, voiceId: null, pauseAfterMs: 0 };
  await rpc.projects.edit({
    ...{ id, baseRevision: revision, clientId: 'boot', editId: '1' },
    patches: [
      { op: 'replace', path: ['script', 'lines'], value: [line] },
      { op: 'replace', path: ['avatar', 'portrait'], value: portrait },
    ],
  });
  const jobs = await rpc.exports.watch({});
  await rpc.exports.enqueue({
    ...{ projectId: id, name: null },
    targets: [{ preset: null, format: 'mp4', size: { widthPx: 320, heightPx: 180 } }],
  });
  for await (const [job] of jobs) {
    assert.notEqual(job?.status.state, 'failed', JSON.stringify(job?.status));
    if (job?.status.state === 'done') return job.status.workId;
  }
  throw new Error('the queue ended');
}
