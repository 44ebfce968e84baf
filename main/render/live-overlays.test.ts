import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rigSettingsSchema } from '../../app/document/avatar.ts';
import { type LiveOverlay, liveOverlaySchema } from '../../app/document/live-overlays.ts';
import { aiMarkSchema } from '../../app/document/stage.ts';
import { OverlayTimeline } from '../../app/live/overlay-timeline.ts';
import { handMadePortrait } from '../stage/hand-made-portrait.ts';
import { layoutAvatar } from '../stage/layout.ts';
import { openFrameSource, type StageSetup } from './frame-source.ts';

const size = { widthPx: 320, heightPx: 180 };
const { signal } = new AbortController();
const overlay = (kind: string, id: string, more: object): LiveOverlay =>
  liveOverlaySchema.parse({ kind, id, place: { x: 0.02, y: 0.7, width: 0.2 }, ...more });

async function setup(overlays: LiveOverlay[]): Promise<StageSetup> {
  const plate = await layoutAvatar(handMadePortrait({ width: 400, height: 500, face: 60 }), {
    ...{ size, framing: { fit: 'auto', zoom: 1, offsetX: 0, offsetY: 0 }, background: { kind: 'keep' } },
  });
  return {
    ...{ plate, fps: 25, seed: 3, rig: rigSettingsSchema.parse({}), alpha: false, front: [], subtitles: null },
    aiMark: aiMarkSchema.parse({}),
    live: { timeline: OverlayTimeline.begin(25, overlays).state(), pictures: new Map() },
  };
}
type Source = Awaited<ReturnType<typeof openFrameSource>>;
const draw = async (source: Source, index: number): Promise<Uint8Array> => {
  const frame = await source.frame(index);
  const copy = frame.data.slice();
  frame.release();
  return copy;
};
/** Mean luma where the overlay's ground lies. */
const ground = (frame: Uint8Array): number => frame[Math.round(0.78 * 180) * 320 + 12]!;

test('the drawing thread shows an overlay at its frame, shows it again when frames are asked for anew, and on another stage', async () => {
  const stage = await setup([
    overlay('text', 'sale', { text: '特价', transition: { kind: 'none' }, ground: '#ffffff' }),
    overlay('qr', 'bad', { content: 'x'.repeat(999) }),
  ]);
  const troubles: string[] = [];
  const source = await openFrameSource(stage, signal, { onTrouble: ({ code }) => troubles.push(code) });
  source.overlays({ changes: [{ atFrame: 4, change: { type: 'show', id: 'sale' } }] });
  const first: Uint8Array[] = [];
  for (let i = 0; i < 8; i++) first.push(await draw(source, i));
  const white = first.map((frame) => ground(frame) > 225);
  assert.deepEqual(white, [false, false, false, false, true, true, true, true]);
  source.rewind(3, null);
  for (let i = 3; i < 8; i++) assert.deepEqual(await draw(source, i), first[i], `frame ${i}`);
  // Hidden by the script from frame 10 on, which is then taken back.
  source.overlays({ changes: [{ atFrame: 10, change: { type: 'hide', id: 'sale' }, fromScript: true }] });
  assert.ok(ground(await draw(source, 8)) > 225);
  source.overlays({ changes: [], forgetFrom: 9 });
  for (let i = 9; i < 13; i++) assert.ok(ground(await draw(source, i)) > 225, `frame ${i}`);
  const { live: _overlays, ...other } = stage;
  await source.restage(other);
  assert.ok(ground(await draw(source, 20)) > 225, 'another stage keeps what is on air');
  source.overlays({ changes: [{ atFrame: 20, change: { type: 'show', id: 'bad' } }] });
  await draw(source, 21);
  assert.deepEqual(troubles, ['stage.overlay-not-drawn']);
  await source.dispose();
});
