import assert from 'node:assert/strict';
import { test } from 'node:test';
import { documentFor, EXPORT_PRESETS, exportPresets } from './export-presets.ts';
import { parseProject } from './migrations.ts';
import { newProject } from './new-project.ts';

const project = newProject({
  ...{ id: 'p', name: 'P', portrait: { kind: 'sample', id: 'lin' } },
  stage: { size: { widthPx: 1000, heightPx: 500 }, fps: 30, subtitles: { mode: 'srt' } },
  output: { crf: 23, preset: 'fast' },
});

test('every preset makes a document that holds, of a project that stays as it was', () => {
  const before = structuredClone(project);
  for (const preset of EXPORT_PRESETS) {
    const { format } = exportPresets[preset];
    const document = parseProject(documentFor(project, { preset, format }));
    assert.equal(document.output.format, format);
    assert.equal(document.output.preset, 'fast', 'what a preset does not say stays');
    assert.equal(document.stage.subtitles.mode, 'srt');
  }
  assert.deepEqual(project, before);
  const sizes = (['landscape', 'landscape-720p', 'portrait', 'square', 'course', 'gif'] as const).map((preset) => {
    const size = documentFor(project, { preset, format: exportPresets[preset].format }).stage.size;
    return `${size?.widthPx}x${size?.heightPx}`;
  });
  assert.deepEqual(sizes, ['1920x1080', '1280x720', '1080x1920', '1080x1080', '1280x720', '480x240']);
  const alpha = documentFor(project, { preset: 'transparent', format: 'webm' });
  assert.equal(alpha.stage.background.kind, 'transparent');
});

test('a person’s own wishes go over the preset’s; without either the project’s hold', () => {
  const document = documentFor(project, {
    ...{ preset: 'landscape', format: 'mp4', size: null, fps: 60, subtitles: 'none' },
    output: { crf: 30, audioBitrateKbps: undefined },
  });
  assert.equal(document.stage.size, null);
  assert.equal(document.stage.fps, 60);
  assert.equal(document.stage.subtitles.mode, 'none');
  assert.deepEqual([document.output.crf, document.output.audioBitrateKbps], [30, 192]);
  assert.deepEqual(documentFor(project, { preset: null, format: 'mp4' }), project);
});
