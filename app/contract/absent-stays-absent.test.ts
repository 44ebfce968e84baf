import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exportTargetSchema } from './exports.ts';
import { newProjectSchema } from './projects.ts';
import { settingsChangeSchema } from './settings.ts';

test('what a request leaves out is not filled in with the document’s defaults, which would count as wishes', () => {
  const target = { preset: 'landscape' as const, format: 'mp4' as const, output: { crf: 18 } };
  assert.deepEqual(exportTargetSchema.parse(target), target);
  const sample = { from: 'sample' as const, locale: 'en' as const, name: 'One' };
  assert.deepEqual(newProjectSchema.parse(sample), sample);
  assert.deepEqual(newProjectSchema.parse({ ...sample, from: 'empty' }), { ...sample, from: 'empty' });
  assert.deepEqual(settingsChangeSchema.parse({ theme: 'dark' }), { theme: 'dark' });
});
