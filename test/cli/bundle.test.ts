/** `export --project talk.shenghua`: a project with its files in one, from anybody. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import sharp from 'sharp';
import { serialiseProject } from '../../app/document/migrations.ts';
import { newProject } from '../../app/document/new-project.ts';
import { writeBundle } from '../../main/storage/bundle-writer.ts';
import { openStorage } from '../../main/storage/open.ts';
import { rawZip } from '../../main/storage/zip.fixture.ts';
import { Place } from './run-cli.ts';

test('a bundle is exported with its pictures, and what was unpacked for it is gone again', async (t) => {
  const place = await Place.of(t);
  const storage = await openStorage({ dataDir: place.at('store') });
  t.after(() => storage.close());
  const red = await sharp({ create: { width: 8, height: 8, channels: 4, background: '#f00' } })
    .png()
    .toBuffer();
  const asset = await storage.assets.put(red, { mediaType: 'image/png', fileName: 'red.png' });
  const project = newProject({
    ...{ id: 'p', name: 'Talk', portrait: { kind: 'sample', id: 'lin' } },
    script: { lines: [{ id: '1', text: 'Hi.' }] },
    stage: { size: { widthPx: 128, heightPx: 128 }, overlays: [{ id: 'o', asset, x: 0, y: 0, width: 1 }] },
  });
  const bundle = place.at('talk.shenghua');
  await writeBundle(bundle, project, { assets: storage.assets });
  const out = place.at('out/talk.gif');
  const { code, stderr } = await place.run(['export', '--project', bundle, '--out', out, '--json']);
  assert.equal(code, 0, stderr);
  const { data } = await sharp(out)
    .extract({ left: 60, top: 60, width: 1, height: 1 })
    .raw()
    .toBuffer({ resolveWithObject: true });
  assert.ok((data[0] ?? 0) > 200 && (data[1] ?? 255) < 60, 'the overlay covers the stage');
  assert.deepEqual(await place.files(place.temp), []);

  await writeFile(bundle, rawZip([{ name: 'project.json', data: serialiseProject(project) }]));
  const refused = await place.run(['export', '--project', bundle, '--out', out, '--json']);
  assert.equal(refused.code, 1);
  assert.equal(refused.json().error?.code, 'bundle.asset-missing');
  assert.deepEqual(await place.files(place.temp), []);
});
