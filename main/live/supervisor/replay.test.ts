import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newProject } from '../../../app/document/new-project.ts';
import { type LiveCommand, liveCommandSchema, type ShowPosition } from '../../../app/live/protocol.ts';
import { createReplay } from './replay.ts';

const project = newProject({ id: 'shop', name: 'Shop', portrait: { kind: 'sample', id: 'lin' } });
const command = (raw: Record<string, unknown>): LiveCommand => liveCommandSchema.parse(raw);
const say = (id: string, more: Record<string, unknown> = {}) => command({ type: 'say', id, text: id, ...more });
const position = (desk: ShowPosition['desk'] = []): ShowPosition => ({
  ...{ part: 'segments', segmentId: 'a', line: 0, sentence: 0, pass: 0, round: 0, played: {}, drawn: 0, varied: {} },
  ...{ desk, paused: false },
});
const told = (commands: LiveCommand[]): string[] => commands.map((each) => ('id' in each ? each.id : each.type));

test('what was not wholly said is said again, once, by the position or by the command, and never both', () => {
  const replay = createReplay({ project, position: null });
  for (const id of ['one', 'two', 'three', 'two']) replay.sent(say(id));
  replay.done('one');
  assert.deepEqual(told(replay.commands()), ['two', 'three']);
  const two = say('two');
  assert.ok(two.type === 'say');
  replay.reached(position([{ command: two, sentence: 1 }, null]));
  assert.deepEqual(told(replay.commands()), ['three']);
  assert.equal(replay.position?.desk.length, 2);
  replay.sent(say('now', { intent: 'replace' }));
  assert.deepEqual(told(replay.commands()), ['now']);
});

test('what was set and still stands is set again, in an order that means the same', () => {
  const replay = createReplay({ project, position: null });
  for (const raw of [
    { type: 'overlay', id: 'card', shown: true },
    { type: 'scene', id: 'night' },
    { type: 'overlay', id: 'price', shown: false },
    { type: 'volume', voice: 0.5 },
    { type: 'volume', music: 0.2 },
    { type: 'goTo', segmentId: 'x' },
    { type: 'pause' },
    { type: 'resume' },
    { type: 'pause', at: 'sentence' },
  ])
    replay.sent(command(raw));
  assert.deepEqual(replay.commands(), [
    { type: 'scene', id: 'night' },
    { type: 'overlay', id: 'price', shown: false },
    { type: 'volume', voice: 0.5, music: 0.2 },
    { type: 'goTo', segmentId: 'x', line: 0 },
    { type: 'pause', at: 'now' },
  ]);
  replay.reached(position());
  replay.sent(command({ type: 'resume' }));
  assert.deepEqual(told(replay.commands()), ['night', 'price', 'volume']);
  // A report from before the word of the desk.
  replay.reached({ ...position(), paused: true });
  assert.deepEqual(told(replay.commands()), ['night', 'price', 'volume', 'resume']);
});

test('the next session begins with the project that was on air', () => {
  const replay = createReplay({ project, position: null });
  replay.sent(command({ type: 'project', project: { ...project, name: 'Evening' } }));
  assert.equal(replay.project.name, 'Evening');
  assert.deepEqual(replay.commands(), []);
});
