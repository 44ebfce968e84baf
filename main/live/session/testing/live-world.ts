/** A session with a stream that is kept, so that it can be decoded and measured; everything else is the studio's own. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { AssetRef } from '../../../../app/document/asset.ts';
import { PROJECT_VERSION, type Project, projectSchema } from '../../../../app/document/project.ts';
import { FLV_HEADER, type FlvTag, kindOf, writeTag } from '../../../broadcast/flv/tags.ts';
import { createStudio, type Studio } from '../../../compose.ts';
import { openFrameSource } from '../../../render/frame-source.ts';
import { openAssetStore } from '../../../storage/assets.ts';
import { realClock } from '../clock.ts';
import type { SessionReply } from '../messages.ts';
import { LiveSession, type SessionDeps, type SessionStart } from '../session.ts';
import { StageMaker } from '../stage-maker.ts';

export interface KeptTag extends FlvTag {
  /** Monotonic ms when it left. */
  leftAtMs: number;
}

export class LiveWorld implements AsyncDisposable {
  readonly folder: string;
  readonly studio: Studio;
  readonly tags: KeptTag[] = [];
  readonly replies: SessionReply[] = [];
  /** null: nothing of the stream is kept. */
  keep: 'all' | 'times' = 'all';
  readonly #sessions: LiveSession[] = [];

  private constructor(folder: string) {
    this.folder = folder;
    this.studio = createStudio({ dataDir: folder });
  }

  static async open(): Promise<LiveWorld> {
    return new LiveWorld(await mkdtemp(join(tmpdir(), 'live-')));
  }

  async session(start: Partial<SessionStart> & { project: Project }, changed: Partial<SessionDeps> = {}) {
    const { signal } = new AbortController();
    const ffmpeg = await this.studio.ffmpeg(signal);
    const session = new LiveSession(
      { position: null, fromStreamMs: 0, commands: [], ...start },
      {
        clock: realClock(),
        ...{ speech: this.studio.speech, llm: this.studio.providers.answers },
        assets: this.#assets(),
        ffmpegPath: ffmpeg.path,
        chooseEncoder: () => Promise.resolve('libx264'),
        tempDir: this.folder,
        maker: new StageMaker({ dataDir: this.folder, ffmpegPath: undefined }),
        openFrames: openFrameSource,
        openSink: (onFirst) => {
          let first = true;
          return {
            queued: 0,
            send: (tag) => {
              if (first && kindOf(tag) === 'keyframe') {
                first = false;
                onFirst();
              }
              const body = this.keep === 'all' ? tag.body : tag.body.subarray(0, 5);
              this.tags.push({ ...tag, body, leftAtMs: performance.now() });
            },
            close: () => Promise.resolve(),
          };
        },
        tell: (reply) => this.replies.push(reply),
        ...changed,
      },
    );
    this.#sessions.push(session);
    return session;
  }

  async asset(bytes: Uint8Array, mediaType: string, fileName: string): Promise<AssetRef> {
    return await this.#assets().put(bytes, { mediaType, fileName });
  }

  #assets() {
    return openAssetStore(join(this.folder, 'assets'), { exclusively: (work) => work(), isReferenced: () => true });
  }

  /** The stream as a file. */
  async file(): Promise<string> {
    const path = join(this.folder, `stream-${Math.random().toString(36).slice(2)}.flv`);
    await writeFile(path, Buffer.concat([FLV_HEADER, ...this.tags.map(writeTag)]));
    return path;
  }

  /** Mono samples of the stream's sound, from its time 0 on. */
  async sound(): Promise<Int16Array> {
    const { path } = await this.studio.ffmpeg(new AbortController().signal);
    const args = [
      '-v',
      'error',
      '-i',
      await this.file(),
      '-vn',
      '-af',
      'aresample=async=1:min_hard_comp=0.01:first_pts=0',
    ];
    const { stdout } = await run(path, [...args, '-ac', '1', '-ar', '48000', '-f', 's16le', 'pipe:1'], RAW);
    return new Int16Array(stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + (stdout.length & ~1)));
  }

  /** Grey pictures of the stream, one after another. */
  async pictures(widthPx: number, heightPx: number): Promise<Uint8Array[]> {
    const { path } = await this.studio.ffmpeg(new AbortController().signal);
    const args = ['-v', 'error', '-i', await this.file(), '-an', '-vsync', '0', '-s', `${widthPx}x${heightPx}`];
    const { stdout } = await run(path, [...args, '-pix_fmt', 'gray', '-f', 'rawvideo', 'pipe:1'], RAW);
    const bytes = widthPx * heightPx;
    return Array.from({ length: Math.floor(stdout.length / bytes) }, (_, i) =>
      stdout.subarray(i * bytes, (i + 1) * bytes),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled(this.#sessions.map((session) => session.dispose()));
    await this.studio[Symbol.asyncDispose]();
    await rm(this.folder, { recursive: true, force: true });
  }
}

const run = promisify(execFile);
const RAW = { encoding: 'buffer', maxBuffer: 1 << 30 } as const;

export const line = (id: string, text: string, pauseAfterMs = 300) => ({ id, text, pauseAfterMs });

/** A small stage, and a show of these lines; its voice speaks English. */
export function liveProject(lines: ReturnType<typeof line>[], changes: Record<string, unknown> = {}): Project {
  return projectSchema.parse({
    ...{ version: PROJECT_VERSION, id: 'live', name: 'Live' },
    avatar: { portrait: { kind: 'sample', id: 'lin' } },
    script: { lines },
    stage: { size: { widthPx: 320, heightPx: 180 }, fps: 25 },
    live: { output: { videoKbps: 400, preset: 'ultrafast' }, show: { rounds: 1 } },
    ...changes,
  });
}

/** Composition time: when a picture is shown. */
export const shownMs = ({ timestampMs, body }: FlvTag): number => timestampMs + body.readIntBE(2, 3);
export const isPicture = (tag: FlvTag): boolean => ['keyframe', 'inter', 'disposable'].includes(kindOf(tag));
