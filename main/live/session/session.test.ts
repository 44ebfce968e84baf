import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { liveCommandSchema, type ShowPosition } from '../../../app/live/protocol.ts';
import { AUDIO } from '../../broadcast/flv/tags.ts';
import { VirtualClock } from './clock.ts';
import { StageMaker } from './stage-maker.ts';
import { doubles, FRAME_MS, flashes, SIZE, say, stage, tones } from './testing/flash-and-tone.ts';
import { isPicture, LiveWorld, line, liveProject, shownMs } from './testing/live-world.ts';

async function until(what: () => boolean): Promise<void> {
  for (let i = 0; i < 3000 && !what(); i++) await sleep(10);
  assert.ok(what(), `never: ${what}`);
}

/** Every picture at its own time, none left out; sound without a hole. */
function assertContinuous(world: LiveWorld, fromFrame = 0): number {
  const times = world.tags.filter(isPicture).map(shownMs);
  assert.deepEqual(
    times,
    times.map((_, i) => (fromFrame + i) * FRAME_MS),
  );
  const sound = world.tags
    .filter(({ type, body }) => type === AUDIO && body[1] === 1)
    .map(({ timestampMs }) => timestampMs);
  for (const [i, ms] of sound.entries()) if (i > 0) assert.ok(ms - sound[i - 1]! <= 22, `a hole in the sound at ${ms}`);
  return times.length;
}

/** How far the picture of an utterance is from its sound, ms; nothing that is heard is not seen. */
async function offsets(world: LiveWorld): Promise<number[]> {
  const seen = flashes(await world.pictures(SIZE, SIZE));
  const heard = tones(await world.sound()).filter(({ fromMs, toMs }) => toMs - fromMs > 300);
  assert.equal(seen.length, heard.length);
  return seen.map(({ from }, i) => from * FRAME_MS - heard[i]!.fromMs);
}

test('picture and sound of an accelerated show are in step to the frame, from its beginning to its end', async () => {
  await using world = await LiveWorld.open();
  const { deps, voice } = doubles(world, true);
  const lines = Array.from({ length: 30 }, (_, i) => line(`l${i}`, `Sentence ${i}. And another one.`, 330 + i * 7));
  const session = await world.session({ project: liveProject(lines, { stage }) }, deps);
  await session.run();
  const frames = assertContinuous(world);
  assert.ok(frames > 50 * 25, `${frames} frames`);
  const measured = await offsets(world);
  assert.equal(measured.length, 60);
  // A sound begins anywhere within a frame, and is seen from the next one on.
  for (const offset of measured) assert.ok(offset >= -3 && offset <= FRAME_MS + 3, `${offset} ms`);
  const drift =
    measured.slice(-20).reduce((sum, ms) => sum + ms, 0) / 20 -
    measured.slice(0, 20).reduce((sum, ms) => sum + ms, 0) / 20;
  assert.ok(Math.abs(drift) <= 20, `a drift of ${drift} ms`);
  const status = session.status();
  assert.equal(status.lateFrames, 0);
  assert.equal(status.worstAvOffsetMs, 0);
  assert.deepEqual(
    voice.asked.filter((text) => text.startsWith('Sentence')),
    lines.map((_, i) => `Sentence ${i}.`),
  );
});

test('an interruption silences the voice and what shows it within 200 ms; the sentence cut off is said again', async () => {
  await using world = await LiveWorld.open();
  const { deps, clock } = doubles(world, true);
  const lines = [line('a', 'One. Two. Three.'), line('b', 'Four.')];
  const session = await world.session({ project: liveProject(lines, { stage }) }, deps);
  let askedAtMs = 0;
  const settled = clock.settled;
  clock.settled = async (ms) => {
    await settled(ms);
    const { speaking } = session.status();
    if (askedAtMs === 0 && speaking?.text === 'Two.' && ms > 1200) {
      askedAtMs = session.status().streamMs;
      session.command(say('now', 'Stop.', 'interrupt'));
    }
  };
  await session.run();
  assertContinuous(world);
  assert.ok(askedAtMs > 0);
  const seen = flashes(await world.pictures(SIZE, SIZE)).map(({ from, to }) => ({
    fromMs: from * FRAME_MS,
    toMs: to * FRAME_MS,
  }));
  const heard = tones(await world.sound());
  const cutSeen = seen.find(({ fromMs, toMs }) => fromMs <= askedAtMs && toMs >= askedAtMs);
  const cutHeard = heard.find(({ fromMs, toMs }) => fromMs <= askedAtMs && toMs >= askedAtMs);
  assert.ok(cutSeen && cutSeen.toMs - askedAtMs <= 200, JSON.stringify([askedAtMs, seen]));
  assert.ok(cutHeard && cutHeard.toMs - askedAtMs <= 100, JSON.stringify([askedAtMs, heard]));
  assert.ok(cutSeen.toMs - cutSeen.fromMs < 600);
  // One, what of Two was heard, Stop, Two, Three, Four.
  assert.equal(heard.length, 6);
  const traces = world.replies.flatMap((reply) => (reply.type === 'trace' ? [reply.trace] : []));
  assert.deepEqual(
    traces.map(({ text, interrupted }) => [text, interrupted]),
    [
      ['One. Two. Three.', true],
      ['Stop.', false],
      ['One. Two. Three.', false],
      ['Four.', false],
    ],
  );
  assert.ok(world.replies.some((reply) => reply.type === 'done' && reply.id === 'now' && reply.said));
});

test('an encoder killed outright is followed by another: time goes on, in step', async () => {
  await using world = await LiveWorld.open();
  const { deps } = doubles(world, false);
  const lines = Array.from({ length: 6 }, (_, i) => line(`l${i}`, `Sentence ${i}.`, 400));
  const session = await world.session({ project: liveProject(lines, { stage }) }, deps);
  const running = session.run();
  await until(() => session.status().streamMs > 1500);
  const pid = session.encoderPid!;
  process.kill(pid, 'SIGKILL');
  await until(() => session.encoderPid !== pid && session.encoderPid !== undefined);
  await running;
  assert.equal(session.status().encoderRestarts, 1);
  const times = world.tags.filter(isPicture).map(shownMs);
  const steps = times.slice(1).map((ms, i) => ms - times[i]!);
  assert.ok(steps.every((step) => step > 0 && step % FRAME_MS === 0));
  assert.ok(Math.max(...steps) <= 3000, `${Math.max(...steps)} ms without a picture`);
  const sound = world.tags
    .filter(({ type, body }) => type === AUDIO && body[1] === 1)
    .map(({ timestampMs }) => timestampMs);
  assert.ok(sound.every((ms, i) => i === 0 || ms > sound[i - 1]!));
  const last = flashes(await world.pictures(SIZE, SIZE)).at(-1)!;
  const lastTone = tones(await world.sound()).at(-1)!;
  const seenMs = times[last.from]!;
  assert.ok(Math.abs(seenMs - lastTone.fromMs) <= FRAME_MS + 5, `${seenMs} and ${lastTone.fromMs}`);
  assert.ok(world.replies.some((reply) => reply.type === 'trouble' && reply.error.code === 'session.encoder-stopped'));
});

test('frames that are not drawn in time are shown by the one before, counted, and told with what was said', async () => {
  await using world = await LiveWorld.open();
  const { deps, flash } = doubles(world, false);
  const session = await world.session({ project: liveProject([line('a', 'One. Two. Three.')], { stage }) }, deps);
  const stall = Promise.withResolvers<void>();
  flash.delay = (index) => (index === 20 ? stall.promise : undefined);
  const running = session.run();
  await until(() => session.status().frames > 26);
  stall.resolve();
  await running;
  assert.ok(session.status().lateFrames >= 1);
  assertContinuous(world);
  const trace = world.replies.find((reply) => reply.type === 'trace');
  assert.ok(trace?.type === 'trace' && trace.trace.lateFrames >= 1);
});

test('a voice that never answers costs its sentence, not the stream', async () => {
  await using world = await LiveWorld.open();
  const { deps, voice } = doubles(world, false);
  voice.fault = (text) => (text === 'Two.' ? new Promise<never>(() => undefined) : undefined);
  const project = liveProject([line('a', 'One. Two. Three.')], { stage });
  const session = await world.session({ project }, { ...deps, voiceTimeoutMs: 150 });
  await session.run();
  assertContinuous(world);
  assert.equal(voice.asked.filter((text) => text === 'Two.').length, 2);
  assert.equal((await offsets(world)).length, 2);
  const codes = world.replies.flatMap((reply) => (reply.type === 'trouble' ? [reply.error.code] : []));
  assert.deepEqual(codes, ['session.voice-silent', 'session.voice-silent', 'session.sentence-skipped']);
});

test('a sentence that cannot be said is passed over when what is before it has been heard, not sooner', async () => {
  await using world = await LiveWorld.open();
  const { deps, voice, clock } = doubles(world, true);
  voice.fault = (text) => (text === 'Two.' ? Promise.reject(new Error('no voice')) : undefined);
  const session = await world.session({ project: liveProject([line('a', 'One. Two. Three.')], { stage }) }, deps);
  const settled = clock.settled;
  const sentences = new Set<number>();
  clock.settled = async (ms) => {
    await settled(ms);
    const { speaking, position } = session.status();
    if (speaking?.text === 'One.') sentences.add(position!.sentence);
  };
  await session.run();
  assert.equal((await offsets(world)).length, 2);
  assert.deepEqual([...sentences], [0], 'a position that loses what is being said');
  const told = world.replies.flatMap((reply) => (reply.type === 'position' ? [reply.position] : []));
  assert.ok(told.some(({ line: at, sentence }) => at === 0 && sentence === 2));
  assert.equal(told.at(-1)!.line, 1);
});

test('a segment of idling that is skipped does not idle again', async () => {
  await using world = await LiveWorld.open();
  const { deps, clock } = doubles(world, true);
  const show = {
    segments: [
      { kind: 'idle', id: 'rest', durationMs: 20_000, times: 3 },
      { kind: 'script', id: 'talk', lines: [line('a', 'One.')] },
    ],
    rounds: 1,
  };
  const project = liveProject([], { stage, live: { show, output: { videoKbps: 300, preset: 'ultrafast' } } });
  const session = await world.session({ project }, deps);
  const settled = clock.settled;
  let skipped = false;
  clock.settled = async (ms) => {
    await settled(ms);
    if (skipped || session.status().streamMs < 1000) return;
    skipped = true;
    session.command({ type: 'skip', what: 'segment' });
  };
  await session.run();
  const [tone] = tones(await world.sound());
  assert.ok(tone && tone.fromMs < 3000, `spoken at ${tone?.fromMs} ms`);
});

test('a paused show comes back paused, and says nothing until it is resumed', async () => {
  await using world = await LiveWorld.open();
  const { deps, clock } = doubles(world, true);
  const project = liveProject([line('a', 'One. Two.')], { stage });
  const first = await world.session({ project, commands: [{ type: 'pause', at: 'now' }] }, deps);
  const settled = clock.settled;
  let over: Promise<void> | undefined;
  clock.settled = async (ms) => {
    await settled(ms);
    if (first.status().streamMs > 1000) over ??= first.stop(false);
  };
  await first.run();
  await over;
  const kept = world.replies.findLast((reply) => reply.type === 'position')!;
  assert.ok(kept.position.paused);
  await using again = await LiveWorld.open();
  const { deps: others, clock: later } = doubles(again, true);
  const second = await again.session({ project, position: kept.position, fromStreamMs: 2000 }, others);
  const ready = later.settled;
  later.settled = async (ms) => {
    await ready(ms);
    const { paused, streamMs } = second.status();
    if (paused && streamMs > 6000) second.command({ type: 'resume' });
  };
  await second.run();
  const spoken = again.replies.flatMap((reply) => (reply.type === 'trace' ? [reply.trace] : []));
  assert.equal(tones(await again.sound()).length, 2);
  assert.equal(spoken.length, 1);
  assert.ok(spoken[0]!.fromStreamMs! >= 6000, `spoken at ${spoken[0]!.fromStreamMs} ms`);
});

test('a show goes on at the sentence it had come to, on the same clock', async () => {
  await using world = await LiveWorld.open();
  const { deps } = doubles(world, true);
  const project = liveProject([line('a', 'One. Two. Three.'), line('b', 'Four.')], { stage });
  const first = await world.session({ project }, deps);
  const kept: { position: ShowPosition; streamMs: number }[] = [];
  const running = world.replies;
  await first.run();
  for (const reply of running) if (reply.type === 'position') kept.push(reply);
  const at = kept.find(({ position }) => position.line === 0 && position.sentence === 2)!;
  await using again = await LiveWorld.open();
  const { deps: others } = doubles(again, true);
  const second = await again.session({ project, position: at.position, fromStreamMs: at.streamMs }, others);
  await second.run();
  assertContinuous(again, Math.ceil(at.streamMs / FRAME_MS));
  const spoken = again.replies.flatMap((reply) => (reply.type === 'trace' ? [reply.trace.text] : []));
  assert.deepEqual(spoken, ['One. Two. Three.', 'Four.']);
  assert.equal(flashes(await again.pictures(SIZE, SIZE)).length, 2);
});

test('a change of quality takes over at a frame, without a gap', async () => {
  await using world = await LiveWorld.open();
  const { deps } = doubles(world, false);
  const lines = Array.from({ length: 5 }, (_, i) => line(`l${i}`, `Sentence ${i}.`, 300));
  const session = await world.session({ project: liveProject(lines, { stage }) }, deps);
  const running = session.run();
  await until(() => session.status().streamMs > 1500);
  session.rung({ step: 1, videoKbps: 200, fpsDivisor: 1, scale: 0.5 });
  await until(() => session.status().rung.step === 1);
  const { rung } = session.status();
  assert.deepEqual(rung, { step: 1, videoKbps: 200, fps: 25, widthPx: 32, heightPx: 32 });
  await running;
  assertContinuous(world);
  assert.equal(session.status().encoderRestarts, 0);
});

test('asked to stop, the sentence is finished, the closing played, and everything leaves', async () => {
  await using world = await LiveWorld.open();
  const { deps, clock } = doubles(world, true);
  const closing = [{ kind: 'script', id: 'bye', lines: [line('c', 'Good bye.')] }];
  const show = { closing, segments: [{ kind: 'script', id: 'main', lines: [line('a', 'One. Two. Three. Four.')] }] };
  const project = liveProject([], { stage, live: { show, output: { videoKbps: 300, preset: 'ultrafast' } } });
  const session = await world.session({ project }, deps);
  const settled = clock.settled;
  let stopping: Promise<void> | undefined;
  clock.settled = async (ms) => {
    await settled(ms);
    if (session.status().speaking?.text === 'Two.') stopping ??= session.stop(true);
  };
  await session.run();
  await stopping;
  assert.ok(stopping);
  assert.equal(session.status().lateFrames, 0);
  assertContinuous(world);
  const traces = world.replies.flatMap((reply) => (reply.type === 'trace' ? [reply.trace.text] : []));
  assert.equal(traces.at(-1), 'Good bye.');
  const whole = flashes(await world.pictures(SIZE, SIZE));
  assert.equal(whole.length, 3);
  for (const { from, to } of whole) assert.ok(to - from >= 14 && to - from <= 16, `a sentence of ${to - from} frames`);
});

/** How strong a tone is in a stretch of sound, in dB of full scale. */
function toneDb(sound: Int16Array, hz: number, fromMs: number, toMs: number): number {
  let [re, im] = [0, 0];
  const [from, to] = [fromMs * 48, toMs * 48];
  for (let i = from; i < to; i++) {
    const angle = (2 * Math.PI * hz * i) / 48_000;
    re += sound[i]! * Math.cos(angle);
    im += sound[i]! * Math.sin(angle);
  }
  return 20 * Math.log10((2 * Math.hypot(re, im)) / (to - from) / 32_768 + 1e-9);
}

test('music lies beneath, goes down while somebody speaks, and begins again when its track is over', async () => {
  await using world = await LiveWorld.open();
  const { deps } = doubles(world, true);
  const samples = Int16Array.from(
    { length: 3 * 48_000 },
    (_, i) => 20_000 * Math.sin((2 * Math.PI * 300 * i) / 48_000),
  );
  const track = await world.asset(wav(samples), 'audio/wav', 'music.wav');
  const show = {
    music: { tracks: [track], volume: 0.5, duckedVolume: 0.05 },
    segments: [
      { kind: 'script', id: 'talk', lines: [line('a', 'One. Two. Three.')] },
      { kind: 'idle', id: 'rest', durationMs: 5000 },
    ],
    rounds: 1,
  };
  const project = liveProject([], { stage, live: { show, output: { videoKbps: 300, preset: 'ultrafast' } } });
  const session = await world.session({ project }, deps);
  await session.run();
  assertContinuous(world);
  const sound = await world.sound();
  const spoken = toneDb(sound, 300, 1000, 1900);
  const alone = [5000, 6000, 7000].map((ms) => toneDb(sound, 300, ms, ms + 200));
  for (const db of alone) assert.ok(db > -15 && db - spoken > 14, `${db} dB alone, ${spoken} dB beneath a voice`);
});

test('a picture of the show takes the stage for its time', async () => {
  await using world = await LiveWorld.open();
  const { deps } = doubles(world, false);
  const png = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#f0f0f0' } })
    .png()
    .toBuffer();
  const asset = await world.asset(png, 'image/png', 'white.png');
  const segments = [
    { kind: 'script', id: 'talk', lines: [line('a', 'One.')] },
    { kind: 'insert', id: 'white', asset, durationMs: 1000, transition: { kind: 'none', ms: 0 } },
    { kind: 'script', id: 'more', lines: [line('b', 'Two.')] },
  ];
  const live = { show: { segments, rounds: 1 }, output: { videoKbps: 300, preset: 'ultrafast' } };
  const session = await world.session({ project: liveProject([], { stage, live }) }, deps);
  await session.run();
  assertContinuous(world);
  const lengths = flashes(await world.pictures(SIZE, SIZE)).map(({ from, to }) => to - from);
  assert.deepEqual(
    lengths.map((frames) => Math.round(frames / 5)),
    [3, 5, 3],
  );
});

test('another scene and another document take over without a frame being missed', async () => {
  await using world = await LiveWorld.open();
  const { deps, flash } = doubles(world, false);
  const lines = Array.from({ length: 4 }, (_, i) => line(`l${i}`, `Sentence ${i}. Another one.`, 100));
  const scenes = [{ id: 'blue', background: { kind: 'colour', colour: '#0000ff' } }];
  const live = { scenes, show: { rounds: 1 }, output: { videoKbps: 300, preset: 'ultrafast' } };
  const project = liveProject(lines, { stage, live });
  const session = await world.session({ project }, deps);
  const running = session.run();
  await until(() => session.status().streamMs > 800);
  session.command({ type: 'scene', id: 'blue' });
  await until(() => session.status().scene === 'blue');
  assert.equal(flash.opened, 2);
  const changed = structuredClone(project);
  changed.script.lines[3]!.text = 'Something else.';
  changed.seed = 7;
  session.command({ type: 'project', project: changed });
  await until(() => flash.opened === 3);
  await running;
  assertContinuous(world);
  const texts = world.replies.flatMap((reply) => (reply.type === 'trace' ? [reply.trace.text] : []));
  assert.deepEqual(texts, [
    'Sentence 0. Another one.',
    'Sentence 1. Another one.',
    'Sentence 2. Another one.',
    'Something else.',
  ]);
  assert.equal((await offsets(world)).length, 7);
});

test('another scene comes in over the one before within half a second, without a late frame', async () => {
  await using world = await LiveWorld.open();
  const { deps, clock, flash } = doubles(world, true);
  const scenes = [{ id: 'white', background: { kind: 'colour', colour: '#ffffff' } }];
  const show = { segments: [{ kind: 'idle', id: 'rest', durationMs: 4000 }], rounds: 1 };
  const live = { scenes, show, output: { videoKbps: 300, preset: 'ultrafast' } };
  const session = await world.session({ project: liveProject([], { stage, live }) }, deps);
  const settled = clock.settled;
  let asked = false;
  clock.settled = async (ms) => {
    await settled(ms);
    if (!asked && session.status().streamMs >= 1000) {
      asked = true;
      session.command({ type: 'scene', id: 'white' });
      while (flash.opened < 2) await sleep(1);
    }
  };
  await session.run();
  assertContinuous(world);
  assert.equal(session.status().lateFrames, 0);
  const greys = (await world.pictures(SIZE, SIZE)).map((grey) => grey[grey.length / 2]!);
  const between = greys.filter((grey) => grey > 12 && grey < 243);
  assert.ok(between.length >= 6 && between.length * FRAME_MS <= 500, `${between.length} frames of both: ${greys}`);
  assert.deepEqual(
    greys,
    greys.toSorted((a, b) => a - b),
  );
  assert.ok(greys[0]! <= 12 && greys.at(-1)! >= 243);
});

test('an overlay that the desk changes gets its picture, also over a change of scene; one that is missing is told', async () => {
  await using world = await LiveWorld.open();
  const { deps, flash } = doubles(world, false);
  const png = (width: number) =>
    sharp({ create: { width, height: 8, channels: 3, background: '#f0f0f0' } })
      .png()
      .toBuffer();
  const asset = await world.asset(await png(8), 'image/png', 'pear.png');
  const lost = { ...asset, sha256: 'f'.repeat(64), fileName: 'lost.png' };
  const scenes = [{ id: 'white', background: { kind: 'colour', colour: '#ffffff' } }];
  const show = { segments: [{ kind: 'idle', id: 'rest', durationMs: 60_000 }], rounds: 1 };
  const live = { scenes, show, output: { videoKbps: 300, preset: 'ultrafast' } };
  const told: { look: string; pictures: string[] }[] = [];
  const { openFrames, maker } = deps;
  const real = new StageMaker({ dataDir: world.folder, ffmpegPath: undefined });
  const session = await world.session(
    { project: liveProject([], { stage, live }) },
    {
      ...deps,
      maker: { ...maker!, pictures: (order) => real.pictures(order), dispose: () => real.dispose() },
      openFrames: async (setup, ...rest) => {
        const source = await openFrames!(setup, ...rest);
        const { timeline, pictures } = setup.live!;
        told.push({ look: JSON.stringify(timeline), pictures: [...pictures.keys()] });
        source.overlays = ({ changes, pictures: with_ }) => {
          for (const { change } of changes)
            if (change.type === 'set') told.push({ look: change.overlay.id, pictures: [...(with_?.keys() ?? [])] });
            else told.push({ look: `${change.type} ${'id' in change ? change.id : ''}`, pictures: [] });
        };
        return source;
      },
    },
  );
  const running = session.run();
  await until(() => session.status().streamMs > 200);
  const place = { x: 0.1, y: 0.1, width: 0.3 };
  const overlay = { kind: 'picture', id: 'pear', place, picture: asset };
  const command = (raw: unknown): void => session.command(liveCommandSchema.parse(raw));
  command({ type: 'setOverlay', overlay });
  command({ type: 'overlay', id: 'pear', shown: true });
  await until(() => told.some(({ look }) => look === 'show pear'));
  const looks = told.map(({ look }) => look).filter((look) => look.endsWith('pear'));
  assert.deepEqual(looks, ['pear', 'show pear'], 'in the order they were asked for');
  assert.deepEqual(told.find(({ look }) => look === 'pear')!.pictures, [asset.sha256]);
  command({ type: 'scene', id: 'white' });
  await until(() => flash.opened === 2);
  await until(() => told.some(({ look, pictures }) => look.startsWith('{') && pictures.includes(asset.sha256)));
  command({ type: 'setOverlay', overlay: { ...overlay, id: 'gone', picture: lost } });
  await until(() => told.some(({ look }) => look === 'gone'));
  const codes = world.replies.flatMap((reply) => (reply.type === 'trouble' ? [reply.error.code] : []));
  assert.deepEqual(codes, ['stage.overlay-picture-missing']);
  await session.stop(false);
  await running;
});

class MovedClock extends VirtualClock {
  movedMs = 0;
  override wallMs(): number {
    return super.wallMs() + this.movedMs;
  }
}

test('a wall clock put an hour on and back again moves no frame and no sound, and does not hold up what has its time of day', async () => {
  await using world = await LiveWorld.open();
  const opensWallMs = Date.UTC(2026, 0, 5, 8);
  const clock = new MovedClock(opensWallMs - 10_000);
  const at = (wallMs: number): string => new Date(wallMs).toTimeString().slice(0, 5);
  const airTime = { from: at(opensWallMs), to: at(opensWallMs + 30 * 60_000) };
  const segments = [
    { kind: 'script', id: 'timed', lines: [line('a', 'One. Two.')], airTime, limit: { times: 1, per: 'show' } },
  ];
  const live = { show: { segments, rounds: null }, output: { videoKbps: 300, preset: 'ultrafast' } };
  const session = await world.session(
    { project: liveProject([], { stage, live }) },
    {
      ...doubles(world, false).deps,
      clock,
    },
  );
  const settled = clock.settled;
  let over: Promise<void> | undefined;
  clock.settled = async (ms) => {
    await settled(ms);
    const { streamMs, speaking } = session.status();
    clock.movedMs = streamMs < 2000 ? 0 : streamMs < 4000 ? 3_600_000 : speaking?.text === 'One.' ? -3_600_000 : 0;
    if (streamMs > 16_000) over ??= session.stop(false);
  };
  await session.run();
  await over;
  assert.ok(assertContinuous(world) >= 400);
  const { lateFrames, stalls, worstAvOffsetMs } = session.status();
  assert.deepEqual([lateFrames, stalls, worstAvOffsetMs], [0, 0, 0]);
  const heard = tones(await world.sound());
  assert.equal(heard.length, 2);
  assert.ok(heard[0]!.fromMs >= 9_900 && heard[0]!.fromMs < 12_000, `spoken at ${heard[0]!.fromMs} ms`);
});

/** Mono s16 at 48 kHz as a file. */
function wav(samples: Int16Array): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.byteLength, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(48_000, 24);
  header.writeUInt32LE(96_000, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.byteLength, 40);
  return Buffer.concat([header, Buffer.from(samples.buffer)]);
}
