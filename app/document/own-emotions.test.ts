import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newProject } from './new-project.ts';
import { countEmotion, removeEmotion, renameEmotion } from './own-emotions.ts';

const project = newProject({
  ...{ id: 'p', name: 'n', portrait: { kind: 'sample', id: 'lin' } },
  emotions: ['微笑', 'wink'].map((name) => ({ id: name, name, colour: '#123456' })),
  script: {
    lines: [
      { id: 'a', text: '[微笑 0.5]好[ 微笑 ]\\[微笑] 微笑 [微笑着] [say: 微笑]', emotion: 'wink', intensity: 0.3 },
      { id: 'b', text: '[微笑 30%]有错[', emotion: '微笑' },
      { id: 'c', text: '[happy]无关' },
    ],
  },
});

test('a new name goes into every line and cue, and into nothing else', () => {
  const renamed = renameEmotion(project, '微笑', '大笑');
  assert.deepEqual(
    renamed.script.lines.map(({ text, emotion }) => [text, emotion]),
    [
      ['[大笑 0.5]好[大笑]\\[微笑] 微笑 [微笑着] [say: 微笑]', 'wink'],
      ['[大笑 0.3]有错[', '大笑'],
      ['[happy]无关', 'neutral'],
    ],
  );
  assert.equal(renamed.script.lines[2], project.script.lines[2]);
  assert.deepEqual(
    renamed.emotions.map(({ name }) => name),
    ['大笑', 'wink'],
  );
  assert.equal(renameEmotion(project, 'nobody', 'x'), project);
});

test('an emotion that is removed gives way to another in its strength', () => {
  assert.equal(countEmotion(project, '微笑'), 4);
  const removed = removeEmotion(project, '微笑', 'gentle');
  assert.equal(countEmotion(removed, '微笑'), 0);
  assert.deepEqual(removed.script.lines[1], {
    ...project.script.lines[1],
    text: '[gentle 0.3]有错[',
    emotion: 'gentle',
  });
});
