/**
 * The stage in a real Chromium on the real engine: what is seen moves, what is heard is the script, and both belong together. The
 * sound is listened to where it leaves the page's own graph, and found again in what the studio sent, so that the page's idea of
 * its clock is not believed.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { decodePreviewMedia } from '../../app/contract/preview-wire.ts';
import { type StudioPages, startStudioPages, violations } from './studio-page.ts';

/** The stage's own, not the timeline's. */
const CANVAS = 'canvas[data-renderer]';
const FPS = 25;
const RATE = 48_000;

let studio: StudioPages;
let projectId: string;
before(async () => {
  studio = await startStudioPages();
  await studio.set({ locale: 'en', theme: 'dark', tourDone: true });
});
after(async () => await studio?.close());

/** A fresh sample project at 16:9. */
async function newProject(from: 'sample' | 'empty' = 'sample'): Promise<string> {
  const size = { widthPx: 1280, heightPx: 720 };
  projectId = (await studio.rpc.projects.create({ from, locale: 'en', name: 'Stage', size })).id;
  return projectId;
}
const project = async () => (await studio.rpc.projects.get({ id: projectId })).project;

/** `script` runs before the page's own. */
async function openStage(script?: string): Promise<Page> {
  const page = await studio.open('#/projects');
  if (script !== undefined) {
    await page.context().addInitScript(script);
    await page.reload();
  }
  await showStage(page);
  return page;
}
async function showStage(page: Page): Promise<void> {
  await page.evaluate(`location.hash = '#/project/${projectId}'`);
  await page.locator(`${CANVAS}[data-frame]`).waitFor();
}

/** A number that the canvas tells of itself. */
const told = async (page: Page, name: string): Promise<number> =>
  Number(await page.locator(CANVAS).getAttribute(`data-${name}`));

/** Mean brightness of a few blocks of the picture. */
const look = (page: Page): Promise<number[]> =>
  page.evaluate(`(() => {
    const from = document.querySelector('${CANVAS}');
    const to = document.createElement('canvas');
    to.width = 32; to.height = 18;
    const context = to.getContext('2d');
    context.drawImage(from, 0, 0, 32, 18);
    const { data } = context.getImageData(0, 0, 32, 18);
    return Array.from({ length: 576 }, (_, i) => data[i * 4] + data[i * 4 + 1] + data[i * 4 + 2]);
  })()`);
const difference = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!(await condition())) {
    assert.ok(performance.now() < deadline, what);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}

/** Listens in where sound leaves the page, and notes with every refresh which frame is on show and what is heard. */
const LISTEN = `
  const connect = AudioNode.prototype.connect;
  window.heard = [];
  AudioNode.prototype.connect = function (to, ...rest) {
    if (to instanceof AudioDestinationNode) {
      const { context } = this;
      const ear = context.createAnalyser();
      ear.fftSize = 1024;
      connect.call(this, ear);
      const samples = new Float32Array(1024);
      const note = () => {
        const canvas = document.querySelector('${CANVAS}');
        const { contextTime, performanceTime } = context.getOutputTimestamp();
        if (canvas && performanceTime > 0 && window.heard.length < 1000) {
          ear.getFloatTimeDomainData(samples);
          window.heard.push({
            frame: Number(canvas.dataset.frame),
            aheadSeconds: context.currentTime - contextTime - (performance.now() - performanceTime) / 1000,
            samples: Array.from(samples, (sample) => Math.round(sample * 32768)),
          });
        }
        requestAnimationFrame(note);
      };
      requestAnimationFrame(note);
    }
    return connect.call(this, to, ...rest);
  };`;

/** One moment of playing. */
interface Moment {
  frame: number;
  /** How long before it reaches the loudspeaker sound leaves the page. */
  aheadSeconds: number;
  /** The last that left the page. */
  samples: number[];
}

/** Which sample of the programme is at the loudspeaker at a moment; null for silence and what cannot be told apart. */
function hearing(programme: Int16Array): (moment: Moment) => number | null {
  const KEY = 12;
  const LOUD = 1000;
  const places = new Map<string, number | null>();
  for (let at = 0; at < programme.length - KEY; at++) {
    if (Math.abs(programme[at]!) < LOUD) continue;
    const key = programme.subarray(at, at + KEY).join();
    places.set(key, places.has(key) ? null : at);
  }
  return ({ samples, aheadSeconds }) => {
    for (let i = samples.length - KEY; i >= 0; i--) {
      if (Math.abs(samples[i]!) < LOUD) continue;
      const at = places.get(samples.slice(i, i + KEY).join());
      if (at != null) return at - i + samples.length - aheadSeconds * RATE;
    }
    return null;
  };
}

test('while it plays the picture moves and the sound is the script’s, together to 40 ms', async () => {
  await newProject();
  const page = await studio.open('#/projects');
  await page.context().addInitScript(LISTEN);
  const programme = new Int16Array(RATE * 30);
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => {
      const media = typeof payload === 'string' ? null : decodePreviewMedia(new Uint8Array(payload));
      if (media?.kind === 'sound') programme.set(media.samples, media.startSample);
    }),
  );
  await page.reload();
  await showStage(page);
  const still = await look(page);
  await page.keyboard.press('Space');
  const pictures = new Set<string>();
  await until('four seconds are played', async () => {
    pictures.add(JSON.stringify(await look(page)));
    return (await told(page, 'frame')) >= 4 * FPS;
  });
  const saysOfItself = await told(page, 'av-ms');
  const moving = await look(page);
  await page.keyboard.press('Space');
  assert.ok(pictures.size >= 5, `${pictures.size} different pictures`);
  assert.ok(difference(still, moving) > 5, 'the picture is another one than before');

  const heardAt = hearing(programme);
  const offsets = (await page.evaluate<Moment[]>('window.heard')).flatMap((moment) => {
    const sample = heardAt(moment);
    if (sample === null) return [];
    // A frame is right from its own beginning to the next one's.
    const early = (moment.frame / FPS) * 1000 - (sample / RATE) * 1000;
    return [early > 0 ? early : Math.min(0, early + 1000 / FPS)];
  });
  assert.ok(offsets.length >= 40, `${offsets.length} moments were compared`);
  const sorted = offsets.map(Math.abs).sort((a, b) => a - b);
  const worst = sorted[Math.floor(sorted.length * 0.95)]!;
  assert.ok(worst <= 40, `in 95 of 100 moments picture and sound are within ${worst.toFixed(1)} ms`);
  assert.ok(Math.abs(saysOfItself) <= 40, `the page says ${saysOfItself} ms of itself`);
  assert.deepEqual(studio.faults, []);
  await page.context().close();
});

test('pause, steps, jumps and scrubbing land on the very frame', async () => {
  await newProject();
  const page = await openStage();
  await until('the script is laid out', async () => (await length(page)) > 5000);
  const position = page.getByRole('slider', { name: 'Position' });
  const at = async (frame: number): Promise<void> => {
    await until(`frame ${frame}, not ${await told(page, 'frame')}`, async () => (await told(page, 'frame')) === frame);
    await until('the head is there', async () => Number(await position.getAttribute('aria-valuenow')) === frame * 40);
  };
  for (const _ of [1, 2, 3]) await page.keyboard.press('ArrowRight');
  await at(3);
  const third = await look(page);
  await page.keyboard.press('Shift+ArrowRight');
  await at(28);
  await page.keyboard.press(',');
  await at(27);
  for (let step = 0; step < 24; step++) await page.keyboard.press('ArrowLeft');
  await at(3);
  assert.ok(difference(third, await look(page)) <= 3, 'the same frame is the same picture');
  await page.keyboard.press('End');
  await until('the last frame', async () => (await told(page, 'frame')) >= Math.floor((await length(page)) / 40) - 1);
  await page.keyboard.press('Home');
  await at(0);

  const box = (await position.boundingBox())!;
  const shown = await told(page, 'shown');
  await page.mouse.move(box.x + 2, box.y + box.height / 2);
  await page.mouse.down();
  for (let step = 1; step <= 20; step++) {
    await page.mouse.move(box.x + (box.width * step) / 40, box.y + box.height / 2);
    await page.waitForTimeout(40);
  }
  const during = (await told(page, 'shown')) - shown;
  await page.mouse.up();
  await at(Math.floor((0.5 * (await length(page))) / 40));
  assert.ok(during >= 3, `${during} pictures while it was dragged`);

  await page.keyboard.press('Space');
  await until(
    'it plays on from there',
    async () => (await told(page, 'frame')) > Math.floor((await length(page)) / 80) + 5,
  );
  await page.keyboard.press('Space');
  await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
  const paused = await told(page, 'frame');
  await page.keyboard.press('.');
  await at(paused + 1);
  await page.context().close();
});

test('a marked range is played over and over', async () => {
  await newProject();
  const page = await openStage();
  await until('the script is laid out', async () => (await length(page)) > 5000);
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('i');
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('o');
  await page.keyboard.press('l');
  await page.keyboard.press('Space');
  const seen: number[] = [];
  let rounds = 0;
  await until('two rounds', async () => {
    const frame = await told(page, 'frame');
    if (seen.length > 0 && frame < seen.at(-1)!) rounds++;
    seen.push(frame);
    return rounds >= 3;
  });
  await page.keyboard.press('Space');
  const played = seen.slice(seen.findIndex((frame, i) => i > 0 && frame < seen[i - 1]!));
  assert.ok(
    Math.min(...played) >= 25 && Math.max(...played) <= 50,
    `frames ${Math.min(...played)}…${Math.max(...played)}`,
  );
  await page.context().close();
});

test('an edit changes the paused picture; the hand moves avatar and pictures, each drag one step of undo', async () => {
  await newProject();
  // The picture is drawn by hand where there is no WebGL.
  const page = await openStage(
    `const get = HTMLCanvasElement.prototype.getContext;
     HTMLCanvasElement.prototype.getContext = function (kind, ...rest) { return kind === 'webgl' ? null : get.call(this, kind, ...rest); };`,
  );
  assert.equal(await page.locator(CANVAS).getAttribute('data-renderer'), '2d');
  const before = await look(page);
  await page.getByRole('tab', { name: 'Stage' }).click();
  await page.getByRole('combobox', { name: 'Kind' }).click();
  await page.getByRole('option', { name: 'Colour' }).click();
  await until('the background is a colour', async () => difference(before, await look(page)) > 100);
  await page.keyboard.press('Control+z');
  await until('undo brings it back', async () => difference(before, await look(page)) <= 6);

  const stage = (await page.locator(CANVAS).boundingBox())!;
  const drag = async (from: [number, number], to: [number, number]): Promise<void> => {
    await page.mouse.move(stage.x + stage.width * from[0], stage.y + stage.height * from[1]);
    await page.mouse.down();
    await page.mouse.move(stage.x + stage.width * to[0], stage.y + stage.height * to[1], { steps: 6 });
    await page.mouse.up();
  };
  await drag([0.5, 0.5], [0.7, 0.4]);
  await until('the avatar has moved', async () => difference(before, await look(page)) > 100);
  await page.mouse.wheel(0, -200);
  await until('the document says so', async () => {
    const { zoom, offsetX, offsetY } = (await project()).avatar.framing;
    return zoom > 1.1 && Math.abs(offsetX - 0.2) < 0.01 && Math.abs(offsetY + 0.1) < 0.01;
  });
  await page.waitForTimeout(600);
  await page.keyboard.press('ArrowLeft');
  await until('an arrow moves it', async () => Math.abs((await project()).avatar.framing.offsetX - 0.19) < 0.001);
  for (const _ of [1, 2, 3]) await page.keyboard.press('Control+z');
  await until('three steps back is where it was', async () => {
    const { zoom, offsetX, offsetY } = (await project()).avatar.framing;
    return zoom === 1 && offsetX === 0 && offsetY === 0;
  });
  await page.keyboard.press('Escape');

  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: 'Add a picture' }).last().click(),
  ]);
  await chooser.setFiles({ name: 'red.png', mimeType: 'image/png', buffer: await redPicture() });
  await page.locator('[data-overlay]').waitFor();
  const overlay = async () => (await project()).stage.overlays[0]!;
  await until('it is in the document', async () => (await project()).stage.overlays.length === 1);
  // Dropped a hair beside the middle line it comes to rest on it.
  const { x, y, width } = await overlay();
  const from: [number, number] = [x + width / 2, y + 0.05];
  await drag(from, [0.5 + 3 / stage.width, from[1] + 0.1]);
  await until('it rests in the middle', async () => Math.abs((await overlay()).x + width / 2 - 0.5) < 0.001);
  const corner = (await page.locator('[data-corner="se"]').boundingBox())!;
  await page.mouse.move(corner.x + corner.width / 2, corner.y + corner.height / 2);
  await page.mouse.down();
  await page.mouse.move(corner.x + corner.width / 2 + stage.width * 0.12, corner.y + 40, { steps: 5 });
  await page.mouse.up();
  await until('it is larger', async () => (await overlay()).width > width + 0.1);
  await page.keyboard.press('Control+z');
  await until('one step back is its size', async () => (await overlay()).width === width);
  await page.keyboard.press('Control+z');
  await until('one more its place', async () => (await overlay()).x === x);
  await page.getByRole('button', { name: 'Remove red.png' }).click();
  await until('it is gone', async () => (await project()).stage.overlays.length === 0);
  await page.getByRole('button', { name: 'Undo', exact: true }).last().click();
  await until('it is back', async () => (await project()).stage.overlays.length === 1);
  assert.deepEqual(studio.faults, []);
  await page.context().close();
});

test('a project without a word says what to do; nothing here keeps people out', async () => {
  await newProject('empty');
  const page = await openStage();
  await page.getByText('Nothing to say yet').waitFor();
  await page.getByRole('tab', { name: 'Stage' }).click();
  await page.getByRole('switch', { name: 'Label the picture as AI-made' }).click();
  await page.getByRole('alert').waitFor();
  for (const theme of ['dark', 'light'] as const) {
    await studio.set({ theme });
    await page.locator(`html[data-theme='${theme}']`).waitFor();
    for (const name of ['Stage', 'Assets', 'Inspector']) {
      const region = page.getByRole('region', { name });
      if ((await region.count()) === 0) continue;
      await region.evaluate((element) => element.setAttribute('data-looked-at', ''));
      assert.deepEqual(await violations(page, '[data-looked-at]'), [], `${name} ${theme}`);
      await region.evaluate((element) => element.removeAttribute('data-looked-at'));
    }
  }
  await page.context().close();
});

/** Last: the studio that the tests themselves call is another one afterwards. */
test('a studio that is started anew shows the same place again, and plays on', async () => {
  await newProject();
  const page = await openStage();
  await until('the script is laid out', async () => (await length(page)) > 5000);
  await page.keyboard.press('Shift+ArrowRight');
  await until('a second on', async () => (await told(page, 'frame')) === 25);
  const before = await told(page, 'shown');
  await studio.studio.restart();
  await until('it is drawn again', async () => (await told(page, 'shown')) > before);
  await until('at the same place', async () => (await told(page, 'frame')) === 25);
  await page.keyboard.press('Space');
  await until('it plays', async () => (await told(page, 'frame')) > 30);
  await page.context().close();
});

const length = async (page: Page): Promise<number> =>
  Number(await page.getByRole('slider', { name: 'Position' }).getAttribute('aria-valuemax'));

async function redPicture(): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  return sharp({ create: { width: 200, height: 100, channels: 3, background: '#ff0000' } })
    .png()
    .toBuffer();
}
