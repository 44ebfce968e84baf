import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { rigSettingsSchema } from '../../../../app/document/avatar.ts';
import { StudioError } from '../../../../app/errors/index.ts';
import { floats, OnnxGraph } from '../../../../scripts/tiny-models/onnx.ts';
import { analyticWav2Lip, HEARD_COLUMNS, MOUTH_BGR, MOUTH_SHAPE } from '../../../../scripts/tiny-models/wav2lip.ts';
import type { LipSyncSession, SpeechSegment } from '../../../engine/ports/lipsync.ts';
import { ENVELOPE_STEP_MS } from '../../../engine/ports/speech.ts';
import { SAMPLE_RATE } from '../../../engine/ports/tts.ts';
import { readFace } from '../rig/face-frame.ts';
import { plateFixture } from '../rig/plate.fixture.ts';
import { createWav2LipEngine } from './engine.ts';
import { FaceCrop } from './face-crop.ts';
import type { LipModel } from './lip-network.ts';
import { MelColumns } from './mel.ts';
import { type OnnxLips, openOnnxLips } from './onnx-lips.ts';
import { SessionSound } from './session-sound.ts';

const FPS = 25;
const { signal } = new AbortController();
const plate = plateFixture(480, 480, 90);
const still = rigSettingsSchema.parse({ head: 0, brows: 0, gaze: 0, breathing: 0, blinksPerMinute: 0 });

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lips-'));
});
after(async () => rm(folder, { recursive: true, force: true }));

async function opened(model: Uint8Array, name = 'analytic.onnx'): Promise<OnnxLips> {
  await writeFile(join(folder, name), model);
  return await openOnnxLips({ path: join(folder, name) }, signal);
}

/** Hisses of any loudness, another every 50 ms, over two seconds from 300 ms on. */
function speech(loud = 1): SpeechSegment {
  const steps = Array.from({ length: 40 }, (_, i) => loud * 10 ** (-2.6 + 2.3 * ((i * 0.618) % 1)));
  return {
    startMs: 300,
    timeline: { durationMs: 2000, phones: [{ phone: 's', startMs: 0, endMs: 2000 }], words: [], sentences: [] },
    envelope: new Float32Array(2000 / ENVELOPE_STEP_MS).fill(0.1),
    emotions: [],
    pcm: (fromMs, toMs) => {
      const first = Math.round(fromMs * 48);
      return Float32Array.from({ length: Math.round(toMs * 48) - first }, (_, i) => {
        const n = first + i;
        const noise = (Math.imul(n + 77, 0x9e3779b1) >>> 8) / 2 ** 23 - 1;
        return noise * steps[Math.min(39, Math.floor(n / (0.05 * SAMPLE_RATE)))]!;
      });
    },
  };
}

const heard = new SessionSound();
heard.speak(speech());
const mel = new MelColumns(heard.read);

/** What the analytic network should open to for a frame whose window begins `late` columns late. */
function openingOf(frame: number, late = 0): number {
  const start = Math.trunc((frame * 80) / FPS) + late;
  let sum = 0;
  for (let k = HEARD_COLUMNS[0]; k <= HEARD_COLUMNS[1]; k++) sum += mel.level(start + k);
  return (sum / 4 + 4) / 8;
}

/** Red, green, blue of the mouth in 8 bits, and its share of a mouth wide open, of a drawn frame. */
function mouthIn(frame: Uint8Array, region: LipSyncSession['region']): { opening: number; rgb: number[] } {
  const face = readFace(plate.landmarks);
  const crop = new FaceCrop(face, plate.landmarks, 96);
  const [left, top] = face.frame.toStage(...crop.toFace([0, 0]));
  const [right, bottom] = face.frame.toStage(...crop.toFace([1, 1]));
  const full = Math.PI * MOUTH_SHAPE.halfWidth * (right - left) * MOUTH_SHAPE.halfHeight * (bottom - top);
  // Green tells skin and lips from the mouth best of all.
  const green = MOUTH_BGR[1] * 255;
  let area = 0;
  for (let y = Math.floor(top); y < bottom; y++) {
    for (let x = Math.floor(left); x < right; x++) {
      const skin = plate.person[(y * plate.width + x) * 4 + 1]!;
      const here = frame[((y - region.y) * region.width + x - region.x) * 4 + 1]!;
      area += (skin - here) / (skin - green);
    }
  }
  const x = Math.round(left + MOUTH_SHAPE.x * (right - left)) - region.x;
  const y = Math.round(top + MOUTH_SHAPE.y * (bottom - top)) - region.y;
  const at = (y * region.width + x) * 4;
  return { opening: area / full, rgb: [...frame.subarray(at, at + 3)] };
}

async function drawAll(model: LipModel, said: SpeechSegment, frames: number, rig = still): Promise<Uint8Array[]> {
  const session = await createWav2LipEngine(model).open(plate, { fps: FPS, seed: 3, rig });
  session.speak(said);
  const drawn: Uint8Array[] = [];
  for (let first = 0; first < frames; first += 4) {
    const indices = [0, 1, 2, 3].map((i) => first + i);
    await session.prepare?.(indices);
    for (const index of indices) drawn.push(session.frame(index).slice());
  }
  session.dispose();
  return drawn;
}

test('pixels tell the sound of their own moment: colours in order, no column and no frame early or late', async () => {
  await using lips = await opened(analyticWav2Lip());
  const session = await createWav2LipEngine(lips).open(plate, { fps: FPS, seed: 3, rig: still });
  const { region } = session;
  session.dispose();
  const drawn = await drawAll(lips, speech(), 56);
  // Where it speaks without a pause before or after, so that the gate for silence is wide open.
  const judged = Array.from({ length: 42 }, (_, i) => i + 12);
  const seen = judged.map((frame) => mouthIn(drawn[frame]!, region));
  const worst = (late: number, frameOff = 0): number =>
    Math.max(...judged.map((frame, i) => Math.abs(seen[i]!.opening - openingOf(frame + frameOff, late))));
  assert.ok(worst(0) < 0.03, `openings are off by ${worst(0)}`);
  for (const wrong of [worst(1), worst(-1), worst(0, 1), worst(0, -1)])
    assert.ok(wrong > 0.06, `${wrong}: what is wrong would not show`);
  const wide = seen.toSorted((a, b) => b.opening - a.opening)[0]!;
  assert.ok(wide.opening > 0.35);
  const colour = MOUTH_BGR.map((value) => value * 255).reverse();
  for (const [c, value] of wide.rgb.entries()) assert.ok(Math.abs(value - colour[c]!) < 4, `${wide.rgb}`);
});

test('what the network does not draw is the rig’s own picture to the bit, with the head moving', async () => {
  await using lips = await opened(
    analyticWav2Lip({ sizePx: 128, batch: 1, names: { mel: 'a', picture: 'v', drawn: 'o' } }),
  );
  const moving = rigSettingsSchema.parse({});
  const session = await createWav2LipEngine(lips).open(plate, { fps: FPS, seed: 3, rig: moving });
  const { region } = session;
  session.dispose();
  const talking = await drawAll(lips, speech(), 40, moving);
  const silent = await drawAll(lips, speech(0), 40, moving);
  const face = readFace(plate.landmarks);
  const crop = new FaceCrop(face, plate.landmarks, 128);
  const [left, top] = face.frame.toStage(...crop.toFace([0, 0.5]));
  const [right, bottom] = face.frame.toStage(...crop.toFace([1, 1]));
  // As far as the head moves in so short a time.
  const sway = 0.12 * face.frame.iod;
  let inside = 0;
  for (const [index, frame] of talking.entries()) {
    for (let i = 0; i < frame.length; i++) {
      if (frame[i] === silent[index]![i]) continue;
      const x = ((i >> 2) % region.width) + region.x;
      const y = Math.floor((i >> 2) / region.width) + region.y;
      assert.ok(
        x > left - sway && x < right + sway && y > top - sway && y < bottom + sway,
        `frame ${index}: ${x}, ${y}`,
      );
      inside += 1;
    }
  }
  assert.ok(inside > 10_000);
  assert.ok(
    silent[0]!.some((value, i) => value !== silent[39]![i]),
    'the head moves',
  );
});

test('its process killed in the middle of a batch, the next draws the same frames', async () => {
  await using lips = await opened(analyticWav2Lip());
  const untouched = await drawAll(lips, speech(), 16);
  const session = await createWav2LipEngine(lips).open(plate, { fps: FPS, seed: 3, rig: still });
  session.speak(speech());
  const drawn: Uint8Array[] = [];
  for (let first = 0; first < 16; first += 4) {
    const indices = [0, 1, 2, 3].map((i) => first + i);
    const prepared = session.prepare?.(indices);
    if (first === 8) process.kill(lips.pid!, 'SIGKILL');
    await prepared;
    for (const index of indices) drawn.push(session.frame(index).slice());
  }
  session.dispose();
  assert.deepEqual(drawn, untouched);
});

test('a network that fails hands over to the rig’s mouth and back without a jump', async () => {
  const whole: LipModel = {
    sizePx: 96,
    batch: 4,
    face: async (reference) => ({
      draw: async (_, count) => {
        if (failing) throw new Error('device lost');
        // Always the same mouth: whatever moves from frame to frame is the handing over.
        const one = reference.map((value, i) => (i > 62 * 288 && i < 76 * 288 ? value >> 1 : value));
        return Uint8Array.from({ length: one.length * count }, (_, i) => one[i % one.length]!);
      },
      release: () => undefined,
    }),
  };
  let failing = false;
  const troubles: unknown[] = [];
  const session = await createWav2LipEngine(whole).open(plate, {
    ...{ fps: FPS, seed: 3, rig: still },
    onTrouble: (error) => troubles.push(error),
  });
  const said = speech();
  // Loud throughout, and no phones: the rig's mouth stays as it is.
  session.speak({
    ...said,
    timeline: { ...said.timeline, phones: [], durationMs: 2000 },
    envelope: new Float32Array(100),
  });
  let before: Uint8Array | null = null;
  let most = 0;
  let last: Uint8Array = new Uint8Array();
  for (let index = 14; index < 52; index++) {
    failing = index >= 20 && index < 30;
    await session.prepare?.([index]);
    last = session.frame(index).slice();
    if (before !== null) {
      const earlier = before;
      most = last.reduce((worst, value, i) => Math.max(worst, Math.abs(value - earlier[i]!)), most);
    }
    before = last;
    if (index === 19)
      assert.ok(
        last.some((value, i) => i % 4 < 3 && value < 60 && value > 45),
        'the network’s mouth is seen',
      );
  }
  assert.equal(troubles.length, 1);
  // A cut would be half of the skin's brightness.
  assert.ok(most > 5 && most < 60, `${most}`);
  session.dispose();
});

test('a file is told by its tensors, and by what it draws', async () => {
  await using swapped = await opened(analyticWav2Lip({ maskedFirst: false }));
  const face = new Uint8Array(96 * 96 * 3).map((_, i) => 90 + ((i * 7) % 80));
  const network = await swapped.face(face);
  const drawn = await network.draw(new Float32Array(80 * 16).fill(-4), 1);
  const off = drawn.reduce((sum, value, i) => sum + Math.abs(value - face[i]!), 0) / face.length;
  assert.ok(off < 1, `channels the other way round are found out: ${off}`);

  const graph = (
    mel: number[],
    picture: (number | string)[],
    draw: (g: OnnxGraph, x: string) => string,
  ): Uint8Array => {
    const g = new OnnxGraph('lips');
    g.input('m', 'float', ['n', ...mel]);
    const x = g.input('p', 'float', picture);
    const out = draw(g, x);
    g.output(out, 'float', [picture[0]!, 3, picture[2]!, picture[3]!]);
    return g.model();
  };
  const negative = (g: OnnxGraph, x: string): string =>
    g.node('Sub', [g.constant(floats([1], [1])), g.nodes('Split', [x], { axis: 1 }, ['a', 'b']) ?? 'b']);
  const refused = async (model: Uint8Array, code: string, draws = false): Promise<void> => {
    await assert.rejects(
      async () => {
        await using lips = await opened(model, 'other.onnx');
        if (draws) await lips.face(face);
      },
      (error) => error instanceof StudioError && error.code === code,
      code,
    );
  };
  await refused(graph([1, 80, 16], ['n', 6, 96, 96], negative), 'lips.model-unlike-face', true);
  await refused(graph([1, 80, 20], ['n', 6, 96, 96], negative), 'lips.model-not-wav2lip');
  await refused(graph([1, 80, 16], ['n', 6, 'h', 'w'], negative), 'lips.model-size-open');
  await refused(graph([1, 80, 16], [128, 6, 96, 96], negative), 'lips.model-batch');
  await refused(graph([16, 32, 32], ['n', 6, 160, 160], negative), 'lips.model-ultralight');
  await refused(new Uint8Array(), 'model.not-readable');
  await refused(analyticWav2Lip().subarray(0, 900), 'model.not-readable');
  await assert.rejects(
    openOnnxLips({ path: join(folder, 'nowhere.onnx') }, signal),
    (error) => error instanceof StudioError && error.code === 'model.not-readable',
  );
});
