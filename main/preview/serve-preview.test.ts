import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  decodePreviewEvent,
  decodePreviewMedia,
  encodePreviewRequest,
  type PreviewEvent,
  type PreviewMedia,
  type PreviewRequestInput,
} from '../../app/contract/preview-wire.ts';
import { newProject } from '../../app/document/new-project.ts';
import { StudioError } from '../../app/errors/index.ts';
import { createStudio } from '../compose.ts';
import { type PreviewChannel, type PreviewDocument, servePreview } from './serve-preview.ts';

/** The interface's end of a channel that holds `bufferedBytes` back. */
class Wire implements PreviewChannel {
  bufferedBytes = 0;
  events: PreviewEvent[] = [];
  media: PreviewMedia[] = [];
  sent = 0;
  #message: (data: string | Uint8Array) => void = () => undefined;
  #close: () => void = () => undefined;
  #seen = Promise.withResolvers<void>();

  send(data: string | Uint8Array<ArrayBuffer>): void {
    this.sent++;
    if (typeof data === 'string') this.events.push(decodePreviewEvent(data)!);
    else this.media.push(decodePreviewMedia(data)!);
    this.#seen.resolve();
    this.#seen = Promise.withResolvers();
  }
  onMessage(listener: (data: string | Uint8Array) => void): void {
    this.#message = listener;
  }
  onClose(listener: () => void): void {
    this.#close = listener;
  }
  ask(...requests: PreviewRequestInput[]): void {
    for (const request of requests) this.#message(encodePreviewRequest(request));
  }
  raw(data: string | Uint8Array): void {
    this.#message(data);
  }
  close(): void {
    this.#close();
  }
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await this.#seen.promise;
  }
}

test('a channel opens a project, is deaf to nonsense, waits where too much waits to leave, and ends without a word', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'preview-'));
  const project = newProject({
    ...{ id: 'p', name: 'talk', portrait: { kind: 'sample', id: 'lin' } },
    script: { lines: [{ id: 'a', text: 'Hello.' }] },
  });
  let watching = 0;
  async function* documents(id: string, signal: AbortSignal): AsyncGenerator<PreviewDocument> {
    if (id !== 'p') throw new StudioError('storage.project-not-found', { id });
    watching++;
    try {
      yield { project, revision: 3 };
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    } finally {
      watching--;
    }
  }
  try {
    await using studio = createStudio({ dataDir: folder });
    const assets = { resolve: () => Promise.reject(new Error('no assets here')) };
    const wire = new Wire();
    const { closed } = servePreview(wire, { ...studio, assets, documents });
    for (const nonsense of ['{', '{"type":"explode"}', Uint8Array.of(1, 2, 3)]) wire.raw(nonsense);
    wire.ask({ type: 'play', generation: 0, fromMs: 0 }, { type: 'credit', frames: 4 });
    wire.ask({ type: 'open', projectId: 'nobody', maxSidePx: 128, generation: 1 });
    await wire.until(() => wire.events.some(({ type }) => type === 'failed'));
    wire.ask({ type: 'open', projectId: 'p', maxSidePx: 128, generation: 2 });
    await wire.until(() => wire.events.some((event) => event.type === 'prepared' && event.exact));
    assert.equal(wire.media.length, 0, 'nothing is sent that was not paid for');

    wire.bufferedBytes = 9e6;
    wire.ask({ type: 'credit', frames: 2 });
    await new Promise((resolve) => setTimeout(resolve, 60));
    assert.equal(wire.media.length, 0, 'nor while too much waits to leave');
    wire.bufferedBytes = 0;
    await wire.until(() => wire.media.length === 1);
    const [first] = wire.media;
    assert.ok(first?.kind === 'frame');
    assert.deepEqual([first.index, first.generation, Math.max(first.widthPx, first.heightPx)], [0, 2, 128]);

    wire.ask({ type: 'play', generation: 3, fromMs: 0 }, { type: 'credit', frames: 200 });
    await wire.until(() => wire.events.some(({ type }) => type === 'ended'));
    assert.ok(wire.media.some((media) => media.kind === 'sound' && media.generation === 3));
    assert.equal(watching, 1);
    wire.close();
    await closed;
    const { sent } = wire;
    wire.ask({ type: 'play', generation: 4, fromMs: 0 });
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual([watching, wire.sent], [0, sent]);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
});
