import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type NewProject, newProject } from '../../app/document/new-project.ts';
import type { Project } from '../../app/document/project.ts';
import { StudioError } from '../../app/errors/index.ts';
import { createStudio, type Studio } from '../compose.ts';
import { programme } from '../engine/stages/programme.ts';
import type { SpeakOptions } from '../engine/stages/speech.ts';
import { loadPortrait } from '../export/load-portrait.ts';
import { layOut, openStageFrames, stageSizeOf } from '../export/set-stage.ts';
import { speakScript } from '../export/speak-script.ts';
import { subtitleCues } from '../export/subtitle-cues.ts';
import { programmeSpeech } from '../export/timeline-document.ts';
import { openFrameSource } from '../render/frame-source.ts';
import { digestOf, WatchedPreview } from './watched-preview.fixture.ts';

const { signal } = new AbortController();
let folder = '';
let studio: Studio;
/** What was asked of voices and of the portrait's analysis. */
let spoken: string[] = [];
let prepared = 0;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'preview-'));
  studio = createStudio({ dataDir: folder });
});
after(async () => {
  await studio[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
});

const noAssets = {
  resolve: () => Promise.reject(new StudioError('storage.asset-missing', { name: 'gone.png' })),
};
function deps() {
  spoken = [];
  prepared = 0;
  return {
    ...{ paths: studio.paths, assets: noAssets, ffmpeg: studio.ffmpeg },
    speech: {
      ...studio.speech,
      speak: (plan: Parameters<Studio['speech']['speak']>[0], options: SpeakOptions, stop: AbortSignal) => {
        spoken.push(options.lineId);
        return studio.speech.speak(plan, options, stop);
      },
    },
    portraits: {
      ...studio.portraits,
      prepare: (...given: Parameters<Studio['portraits']['prepare']>) => {
        prepared++;
        return studio.portraits.prepare(...given);
      },
    },
  };
}

const talk = (change: Partial<NewProject> = {}): Project =>
  newProject({
    ...{ id: 'p', name: 'talk', portrait: { kind: 'sample', id: 'lin' }, seed: 5 },
    stage: { size: { widthPx: 320, heightPx: 180 } },
    avatar: { rig: { blinksPerMinute: 40 } },
    script: {
      lines: [
        { id: 'a', text: 'Good morning to you all.', emotion: 'happy' },
        { id: 'b', text: 'We meet again, [sad] I am afraid.' },
        { id: 'c', text: 'Bye.', pauseAfterMs: 0 },
      ],
    },
    ...change,
  });

async function opened(project: Project, maxSidePx = 1920, given = deps()): Promise<WatchedPreview> {
  const preview = new WatchedPreview(given, maxSidePx);
  preview.update(project);
  await preview.settled();
  return preview;
}

/** What an export of the document draws and plays. */
async function exported(project: Project): Promise<{ digests: string[]; pcm: Int16Array }> {
  const portrait = await loadPortrait(project.avatar, noAssets, studio.portraits, signal);
  const size = stageSizeOf(project, portrait);
  const plate = await layOut(project, noAssets, portrait, size, signal);
  await using script = await speakScript(project, noAssets, { ...studio, ffmpegPath: undefined }, signal, () => {});
  const show = await programme(script.utterances, join(script.folder, 'all.s16'), script.layout, signal);
  const source = await openStageFrames(project, noAssets, plate, signal);
  try {
    source.subtitles(subtitleCues(project, show, size));
    for (const speech of programmeSpeech(show)) source.speak(speech);
    const digests: string[] = [];
    for (let index = 0; index < Math.ceil((show.durationMs * 25) / 1000); index++) {
      const { data, release } = await source.frame(index);
      digests.push(digestOf(data));
      release();
    }
    const sound = new Uint8Array(await readFile(show.soundPath));
    return { digests, pcm: new Int16Array(sound.buffer) };
  } finally {
    await source.dispose();
  }
}

test('whichever way a frame is reached, at full size it is the export’s to the bit, and the sound is its sound', async () => {
  const project = talk();
  const { digests, pcm } = await exported(project);
  const preview = await opened(project);
  try {
    const { session } = preview;
    assert.equal(preview.events.find((event) => event.type === 'prepared')?.revision, 1);
    await preview.nextFrame();
    let generation = 1;
    for (const index of [70, 71, 30, 31, 45, 110, digests.length - 1, 0]) {
      session.seek(generation++, index * 40);
      const frame = await preview.nextFrame();
      assert.equal(frame.index, index);
      assert.equal(frame.digest, digests[index], `frame ${index}`);
    }
    preview.frames = [];
    session.play(generation, { fromMs: 20 * 40, toMs: null, loop: false });
    session.credit(250);
    await preview.until(() => preview.events.some(({ type }) => type === 'ended'));
    assert.deepEqual(
      preview.frames.map(({ index }) => index),
      digests.map((_, index) => index).slice(20),
    );
    assert.deepEqual(
      preview.frames.map(({ digest }) => digest),
      digests.slice(20),
    );

    const heard = Int16Array.from(preview.sounds.flatMap(({ samples }) => [...samples]));
    assert.equal(preview.sounds[0]!.startSample, 20 * 1920);
    assert.equal(heard.length, (digests.length - 20) * 1920);
    // The limiter works on another gain: nearly the same sound, in the same place to the sample.
    const likeness = (shift: number): number => {
      let [both, mine, theirs] = [0, 0, 0];
      for (let i = 10; i < heard.length - 10; i++) {
        const other = pcm[i + shift + 20 * 1920] ?? 0;
        both += heard[i]! * other;
        mine += heard[i]! ** 2;
        theirs += other ** 2;
      }
      if (shift === 0) assert.ok(Math.abs(10 * Math.log10(mine / theirs)) < 2, `${10 * Math.log10(mine / theirs)} dB`);
      return both / Math.sqrt(mine * theirs);
    };
    assert.ok(likeness(0) > 0.99);
    assert.ok([-3, -2, -1, 1, 2, 3].every((shift) => likeness(shift) < likeness(0)));
  } finally {
    await preview.session.dispose();
  }
});

test('sound runs ahead of frames, frames only as far as they are paid for, and a loop begins again by itself', async () => {
  const preview = await opened(talk(), 160);
  try {
    await preview.nextFrame();
    assert.deepEqual([preview.frames[0]!.widthPx, preview.frames[0]!.heightPx], [160, 90]);
    preview.media = [];
    preview.frames = [];
    preview.session.play(7, { fromMs: 1000, toMs: 2000, loop: true });
    preview.session.credit(10);
    await preview.until(() => preview.frames.length === 10);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(preview.frames.length, 10);
    let soundMs = 1000;
    for (const { kind, atMs } of preview.media) {
      if (kind === 'sound') soundMs = atMs;
      else assert.ok(soundMs - atMs >= 200 && soundMs - atMs <= 500, `${soundMs - atMs} ms ahead at ${atMs}`);
    }
    preview.session.credit(60);
    await preview.until(() => preview.frames.length === 70);
    const { frames, sounds } = preview;
    assert.deepEqual(
      frames.map(({ index }) => index),
      frames.map((_, i) => 25 + (i % 25)),
    );
    assert.deepEqual(
      frames.flatMap(({ begins }, i) => (begins ? [i] : [])),
      [0, 25, 50],
    );
    assert.equal(frames[0]!.digest, frames[25]!.digest);
    for (const [i, { begins, startSample }] of sounds.entries()) {
      const before = sounds[i - 1];
      assert.equal(startSample, begins || !before ? 48_000 : before.startSample + before.samples.length);
    }
    assert.ok(frames.every(({ generation }) => generation === 7));
  } finally {
    await preview.session.dispose();
  }
});

test('an edit does again only what it touches, and shows at once while paused', async () => {
  let project = talk();
  const preview = await opened(project, 160);
  const edit = async (change: (draft: Project) => void): Promise<string> => {
    project = structuredClone(project);
    change(project);
    spoken = [];
    prepared = 0;
    preview.update(project);
    return (await preview.nextFrame()).digest;
  };
  try {
    preview.session.seek(1, 1200);
    let last = (await preview.nextFrame()).digest;
    const changes = (digest: string): void => {
      assert.notEqual(digest, last);
      last = digest;
    };
    changes(
      await edit(({ avatar }) => {
        avatar.rig.head = 1.8;
      }),
    );
    assert.deepEqual([spoken, prepared], [[], 0]);
    changes(
      await edit(({ script }) => {
        script.lines[0]!.intensity = 0.2;
      }),
    );
    assert.deepEqual([spoken, prepared], [['a'], 0]);
    changes(
      await edit(({ stage }) => {
        stage.background = { kind: 'colour', colour: '#204060' };
      }),
    );
    changes(
      await edit(({ avatar }) => {
        avatar.framing.zoom = 1.3;
      }),
    );
    changes(
      await edit(({ stage }) => {
        stage.aiMark.corner = 'top-left';
      }),
    );
    assert.deepEqual([spoken, prepared], [[], 0]);

    const { face } = (await loadPortrait(project.avatar, noAssets, studio.portraits, signal)).prepared;
    const moved = structuredClone(face.landmarks);
    for (const point of [...moved.lips.outerLower, ...moved.lips.innerLower].slice(1)) point[1] += 6;
    changes(
      await edit(({ avatar }) => {
        avatar.landmarks = moved;
      }),
    );
    assert.equal(prepared, 0, 'a moved point is not waited for');

    const before = (await preview.settled()).lines;
    const shown = preview.frames.at(-1)!.index;
    await edit(({ script }) => {
      script.lines[0]!.text = 'Good morning, good morning to each and all of you.';
    });
    assert.deepEqual(spoken, ['a']);
    const now = (await preview.settled()).lines;
    assert.ok(now[1]!.startMs > before[1]!.startMs + 300);
    assert.ok(Math.abs(now[1]!.endMs - now[1]!.startMs - (before[1]!.endMs - before[1]!.startMs)) < 1e-6);
    assert.equal(preview.frames.at(-1)!.index, shown, 'the playhead stays in its line');

    preview.session.showEmotion(1, { kind: 'preset', emotion: 'surprised', intensity: 1 });
    const surprised = (await preview.nextFrame()).digest;
    preview.session.showEmotion(1, null);
    assert.notEqual((await preview.nextFrame()).digest, surprised);

    preview.session.idle(1, true);
    preview.session.credit(30);
    const from = preview.frames.length;
    await preview.until(() => preview.frames.length === from + 30);
    const idle = preview.frames.slice(from);
    assert.ok(idle.every(({ index }) => index === shown));
    assert.ok(new Set(idle.map(({ digest }) => digest)).size > 20);
  } finally {
    await preview.session.dispose();
  }
});

test('what is at fault is told, and the rest is shown: a bad line, a missing picture, a lost drawing thread', async () => {
  const project = talk();
  const opens: { dispose(): Promise<void> }[] = [];
  const given = {
    ...deps(),
    openFrames: async (...args: Parameters<typeof openFrameSource>) => {
      const source = await openFrameSource(...args);
      opens.push(source);
      return source;
    },
  };
  const preview = await opened(project, 160, given);
  const faults = (): (string | null)[] =>
    preview.events.flatMap((event) => (event.type === 'failed' ? [event.error.code, event.lineId] : []));
  try {
    await preview.nextFrame();
    const broken = structuredClone(project);
    broken.script.lines[1]!.text = 'This [cue does not end';
    preview.update(broken);
    await preview.until(() => faults().length > 0);
    assert.equal(faults()[1], 'b');
    preview.session.play(1, { fromMs: 0, toMs: null, loop: false });
    preview.session.credit(250);
    await preview.until(() => preview.events.some(({ type }) => type === 'ended'));
    const loudest = Math.max(...preview.sounds.slice(-16).flatMap(({ samples }) => [...samples]));
    assert.ok(loudest > 1000, 'the line after the bad one is heard');
    preview.update(project);
    await preview.until(
      () => preview.events.at(-1)?.type === 'recovered' || preview.events.some(({ type }) => type === 'recovered'),
    );

    preview.session.seek(2, 0);
    const good = (await preview.nextFrame()).digest;
    preview.events = [];
    const missing = structuredClone(project);
    const asset = { sha256: 'a'.repeat(64), mediaType: 'image/png', fileName: 'gone.png' };
    missing.stage.background = { kind: 'picture', asset };
    preview.update(missing);
    await preview.until(() => faults().length > 0);
    assert.deepEqual(faults(), ['storage.asset-missing', null]);
    preview.session.seek(3, 0);
    assert.equal((await preview.nextFrame()).digest, good);
    preview.update(project);
    await preview.until(() => preview.events.some(({ type }) => type === 'recovered'));

    preview.events = [];
    await opens.at(-1)!.dispose();
    preview.session.seek(4, 0);
    assert.equal((await preview.nextFrame()).digest, good);
    assert.equal(opens.length, 2);
    assert.deepEqual(
      preview.events.filter(({ type }) => type === 'failed' || type === 'recovered').map(({ type }) => type),
      ['failed', 'recovered'],
    );
  } finally {
    await preview.session.dispose();
    await preview.session.dispose();
  }
});

test('of a long script what is about to be played is spoken first, and unspoken lines keep a place', async () => {
  const lines = Array.from({ length: 600 }, (_, i) => ({
    id: `${i}`,
    text: `This is line number ${i} of a long talk.`,
  }));
  const preview = new WatchedPreview(deps(), 160);
  try {
    preview.update(talk({ script: { lines } }));
    const first = await preview.until(() => preview.events.find((event) => event.type === 'prepared'));
    assert.equal(first.exact, false);
    assert.equal(first.lines.length, 600);
    const far = first.lines[400]!;
    preview.session.play(1, { fromMs: far.startMs, toMs: null, loop: false });
    preview.session.credit(100);
    await preview.until(() => preview.frames.filter(({ generation }) => generation === 1).length === 100);
    const order = spoken.map(Number);
    const begun = order.indexOf(400);
    assert.ok(begun >= 0 && begun < 40, `line 400 came as number ${begun} of ${order}`);
    assert.deepEqual(order.slice(begun, begun + 2), [400, 401]);
    assert.ok(preview.sounds.some(({ samples }) => samples.some((sample) => sample > 1000)));
  } finally {
    await preview.session.dispose();
  }
});
