/**
 * What is seen: the stage that is on, the one being made beside it, overlays that come and go, and frames drawn ahead of time. Another avatar or
 * scene takes over at a frame that has not been asked for yet, so that no frame is missed for it.
 */

import type { LiveOverlay } from '../../../app/document/live-overlays.ts';
import type { Project } from '../../../app/document/project.ts';
import { StudioError } from '../../../app/errors/index.ts';
import { markerAction } from '../../../app/live/overlay-markers.ts';
import { sameStage, sceneOf, sceneOverlays, sceneStage } from '../../../app/live/overlay-scenes.ts';
import { type OverlayChange, OverlayTimeline, type TimedOverlayChange } from '../../../app/live/overlay-timeline.ts';
import type { LiveCommand } from '../../../app/live/protocol.ts';
import type { StageSize } from '../../../app/media/stage-size.ts';
import type { LiveFrameSource, OverlayUpdate, StageFrame } from '../../engine/ports/frames.ts';
import type { openFrameSource, StageSetup } from '../../render/frame-source.ts';
import type { Picture } from '../../stage/picture.ts';
import type { Placed, Programme } from './programme.ts';
import { RenderAhead } from './render-ahead.ts';
import { StageFade } from './stage-fade.ts';
import type { MadeStage, StageMaker } from './stage-maker.ts';

type Source = LiveFrameSource<StageSetup>;

export interface LivePictureDeps {
  maker: Pick<StageMaker, 'make' | 'pictures'>;
  openFrames: typeof openFrameSource;
  programme: Programme;
  wallMs(): number;
  onTrouble(error: unknown): void;
  /** A frame was drawn. */
  onDrawn(frame: number): void;
}

export const RENDER_AHEAD = 6;
/** Drawn ahead or again, shown, and on their way into the encoder. */
const POOL = 16;
const BATCH = 2;
const STALL_MS = 5000;
/** Stages kept as they were laid out: going back to a scene costs no time. */
const STAGES_KEPT = 4;
const PICTURES_KEPT = 32;
const REOPEN_AFTER_MS = [0, 200, 1000, 3000];
/** A drawing thread's first frames, of speech most of all, take it many times as long as all others: these are drawn before any is due. */
const WARM_UP_MS = 800;
/** The clock on the picture may be wrong by no more than this. */
const CLOCK_OFF_MS = 300;

export class LivePicture {
  readonly #deps: LivePictureDeps;
  readonly #stop = new AbortController();
  readonly #ahead: RenderAhead<Source>;
  readonly #made = new Map<string, Promise<MadeStage>>();
  #project: Project;
  #scene: string | null = null;
  #timeline: OverlayTimeline;
  #size: StageSize | null = null;
  /** The frame that is fed next. */
  #frame: number;
  #wish = 0;
  readonly #allDrawn = Promise.withResolvers<void>();
  readonly #begun = Promise.withResolvers<void>();
  #first: Promise<Source> | null = null;
  #reopens = 0;
  /** Overlay changes that a source which is just being opened has not been told. */
  readonly #opening = new Set<OverlayUpdate[]>();
  /** Scenes that markers ask for. */
  #scenes: { frame: number; id: string }[] = [];
  #frame0WallMs = Number.NaN;
  #pictures = new Map<string, Picture>();
  readonly #fade: StageFade;
  /** Overlays that wait for a picture; what is asked of one meanwhile comes after. */
  readonly #loading = new Map<string, Promise<void>>();

  constructor(deps: LivePictureDeps, project: Project, firstFrame: number) {
    this.#deps = deps;
    this.#project = project;
    this.#frame = firstFrame;
    this.#fade = new StageFade(project.stage.fps);
    this.#timeline = OverlayTimeline.begin(project.stage.fps, project.live.overlays, firstFrame);
    this.#ahead = new RenderAhead<Source>(RENDER_AHEAD, firstFrame, {
      drawn: (frame) => {
        if (this.#ahead.ready >= RENDER_AHEAD) this.#allDrawn.resolve();
        deps.onDrawn(frame);
      },
      lost: (source, error) => this.#lost(source, error),
    });
  }

  get size(): StageSize {
    return this.#size!;
  }
  get scene(): string | null {
    return this.#scene;
  }
  get overlaysShown(): string[] {
    return this.#timeline.shownAt(this.#frame);
  }
  get ready(): number {
    return this.#ahead.ready;
  }
  get nextFrame(): number {
    return this.#ahead.nextFrame;
  }
  get sources(): readonly Source[] {
    return this.#ahead.sources;
  }
  hasDrawn(frame: number): boolean {
    return this.#ahead.has(frame) || !this.#ahead.hasSource;
  }

  /** The first stage; nothing is drawn on it yet. @throws StudioError where it cannot be set */
  async open(size: StageSize | null): Promise<void> {
    this.#size = size;
    const made = await this.#make(this.#project, this.#scene);
    const { width, height } = made.setup.plate;
    this.#size = { widthPx: width, heightPx: height };
    this.#programmeSubtitles();
    this.#first = this.#openSource(made, { placed: this.#begun.promise, warm: true });
    this.#first.catch(() => undefined);
  }

  /** Draws what has been placed so far; resolves when frames are there to begin with. @throws StudioError where it cannot be drawn */
  async begin(): Promise<void> {
    this.#begun.resolve();
    this.#use(await this.#first!);
    while (!this.#stop.signal.aborted && this.#ahead.ready < RENDER_AHEAD) await this.#allDrawn.promise;
  }

  // ── Frame by frame ────────────────────────────────────────────────────────────────────────────────────────────────

  before(frame: number): void {
    this.#frame = frame;
    const due = this.#scenes.filter((each) => each.frame <= frame);
    if (due.length > 0) {
      this.#scenes = this.#scenes.filter((each) => each.frame > frame);
      this.showScene(due.at(-1)!.id);
    }
    const frame0WallMs = this.#deps.wallMs() - (frame * 1000) / this.#project.stage.fps;
    if (!(Math.abs(frame0WallMs - this.#frame0WallMs) < CLOCK_OFF_MS)) {
      this.#frame0WallMs = frame0WallMs;
      this.#apply([{ type: 'wall-clock', frame0WallMs }], frame);
    }
  }

  take(frame: number): StageFrame | null {
    return this.#fade.over(frame, this.#ahead.take(frame));
  }

  rewind(frame: number, cutMs: number | null): void {
    this.#ahead.rewind(frame, cutMs);
    this.#ahead.fill();
  }

  // ── Overlays and scenes ───────────────────────────────────────────────────────────────────────────────────────────

  command(command: Extract<LiveCommand, { type: 'overlay' | 'setOverlay' | 'scene' }>): void {
    switch (command.type) {
      case 'overlay':
        this.#inTurn(command.id, { type: command.shown ? 'show' : 'hide', id: command.id });
        break;
      case 'setOverlay':
        this.#set(command.overlay);
        break;
      case 'scene':
        this.showScene(command.id);
    }
  }

  /** A picture that is not known yet is loaded first: until then the overlay stays as it was. */
  #set(overlay: LiveOverlay): void {
    const { id } = overlay;
    const sha256 = pictureOf(overlay);
    const change: OverlayChange = { type: 'set', overlay };
    if (sha256 === null || this.#pictures.has(sha256)) {
      this.#inTurn(id, change);
      return;
    }
    this.#after(id, async () => {
      try {
        this.#take(await this.#deps.maker.pictures({ overlays: [overlay], size: this.size }));
      } catch (error) {
        if (!this.#stop.signal.aborted) this.#deps.onTrouble(error);
      }
      this.#now([change]);
    });
  }

  #inTurn(id: string, change: OverlayChange): void {
    if (this.#loading.has(id)) this.#after(id, () => this.#now([change]));
    else this.#now([change]);
  }

  #after(id: string, work: () => Promise<void> | void): void {
    const turn = (this.#loading.get(id) ?? Promise.resolve())
      .then(() => (this.#stop.signal.aborted ? undefined : work()))
      .finally(() => {
        if (this.#loading.get(id) === turn) this.#loading.delete(id);
      });
    this.#loading.set(id, turn);
  }

  /** Pictures that have come; of those that have not, what is told. */
  #take({ pictures, troubles }: Pick<MadeStage, 'pictures' | 'troubles'>): void {
    this.#pictures = new Map([...this.#pictures, ...pictures].slice(-PICTURES_KEPT));
    for (const trouble of troubles) this.#deps.onTrouble(trouble);
  }

  /** What a sentence's markers ask for, at their frames. */
  markers({ spoken }: Placed, frameOf: (ms: number) => number): void {
    const { overlays } = this.#timeline;
    const { scenes } = this.#project.live;
    const changes: TimedOverlayChange[] = [];
    for (const marker of spoken.utterance.markers) {
      const action = markerAction(marker, { overlays, scenes });
      if (action === null) continue;
      const atFrame = frameOf(marker.atMs);
      if (action.type === 'warning') this.#deps.onTrouble(action.error);
      else if (action.type === 'scene') {
        this.#scenes.push({ frame: atFrame, id: action.id });
        void this.#make(this.#project, action.id).catch(() => undefined);
      } else changes.push({ atFrame, change: action, fromScript: true });
    }
    if (changes.length === 0) return;
    this.#tell({ changes });
    const first = Math.min(...changes.map(({ atFrame }) => atFrame));
    if (first < this.#ahead.nextFrame) this.rewind(Math.max(this.#frame + 1, first), null);
  }

  forgetMarkersFrom(frame: number): void {
    this.#scenes = this.#scenes.filter((each) => each.frame < frame);
    this.#tell({ changes: [], forgetFrom: frame });
  }

  showScene(id: string): void {
    const { scenes } = this.#project.live;
    if (sceneOf(this.#project, id) === null) {
      const known = scenes.map((scene) => scene.id).join(', ');
      this.#deps.onTrouble(new StudioError('stage.scene-unknown', { marker: id, known }));
      return;
    }
    if (id === this.#scene) return;
    const before = this.#scene;
    const changes = sceneOverlays(this.#project, before, id);
    if (sameStage(this.#project, before, id)) {
      this.#scene = id;
      this.#now(changes);
    } else void this.#changeStage(this.#project, id, changes);
  }

  /** Another document: what is drawn changes as soon as its stage is there. */
  update(project: Project): void {
    const known = new Set(project.live.overlays.map((overlay) => overlay.id));
    const changes: OverlayChange[] = [
      ...project.live.overlays.map((overlay): OverlayChange => ({ type: 'set', overlay })),
      ...this.#timeline.overlays
        .filter(({ id }) => !known.has(id))
        .map(({ id }): OverlayChange => ({ type: 'hide', id })),
    ];
    const scene = sceneOf(project, this.#scene) === null ? null : this.#scene;
    void this.#changeStage(project, scene, changes);
  }

  async #changeStage(project: Project, scene: string | null, changes: OverlayChange[]): Promise<void> {
    const wish = ++this.#wish;
    try {
      const made = await this.#make(project, scene);
      if (wish !== this.#wish || this.#stop.signal.aborted) return;
      const source = await this.#openSource(made, { warm: this.#ahead.hasSource });
      if (wish !== this.#wish || this.#stop.signal.aborted) return await source.dispose();
      this.#project = project;
      this.#scene = scene;
      this.#programmeSubtitles();
      this.#fade.begin(this.#ahead.nextFrame);
      this.#use(source);
      this.#apply(changes, this.#ahead.nextFrame);
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#deps.onTrouble(error);
    }
  }

  #programmeSubtitles(): void {
    const { subtitles } = this.#project.stage;
    this.#deps.programme.subtitlesFor(this.size, subtitles.mode === 'burn' ? subtitles : null);
  }

  /** From the next frame on that can still be drawn so. */
  #now(changes: OverlayChange[]): void {
    const frame = this.#frame + 2;
    this.#apply(changes, frame);
    if (changes.length > 0 && frame < this.#ahead.nextFrame) this.rewind(frame, null);
  }

  #apply(changes: OverlayChange[], atFrame: number): void {
    if (changes.length === 0) return;
    const pictures = this.#picturesOf(changes.flatMap((change) => (change.type === 'set' ? [change.overlay] : [])));
    this.#tell({ changes: changes.map((change) => ({ atFrame, change })), pictures });
  }

  #picturesOf(overlays: readonly LiveOverlay[]): Map<string, Picture> {
    const wanted = new Set(overlays.map(pictureOf));
    return new Map([...this.#pictures].filter(([sha256]) => wanted.has(sha256)));
  }

  #tell(update: OverlayUpdate): void {
    if (update.forgetFrom !== undefined) this.#timeline.forgetFrom(update.forgetFrom);
    for (const change of update.changes) this.#timeline.apply(change);
    // What is past is let go of as it is looked at.
    this.#timeline.at(this.#frame);
    for (const source of this.#ahead.sources) source.overlays(update);
    for (const untold of this.#opening) untold.push(update);
  }

  // ── Stages ────────────────────────────────────────────────────────────────────────────────────────────────────────

  #make(project: Project, scene: string | null): Promise<MadeStage> {
    const staged = sceneStage(project, scene);
    const { avatar, stage, seed, live } = staged;
    const key = JSON.stringify([avatar, stage, seed, live.overlays]);
    const kept = this.#made.get(key);
    if (kept) return kept;
    const made = this.#deps.maker.make({ project: staged, size: this.#size });
    this.#made.set(key, made);
    made.then(
      (stage) => this.#take(stage),
      () => this.#made.delete(key),
    );
    for (const old of [...this.#made.keys()].slice(0, -STAGES_KEPT)) this.#made.delete(old);
    return made;
  }

  async #openSource(
    { setup, pictures }: MadeStage,
    { placed, warm }: { placed?: Promise<void>; warm: boolean },
  ): Promise<Source> {
    const untold: OverlayUpdate[] = [];
    this.#opening.add(untold);
    try {
      // The desk's own overlays are not in the document that the stage was made of.
      const known = new Map([...this.#picturesOf(this.#timeline.overlays), ...pictures]);
      const live = { timeline: this.#timeline.state(), pictures: known };
      const source = await this.#deps.openFrames({ ...setup, live }, this.#stop.signal, {
        ...{ depth: POOL, batch: BATCH, stallMs: STALL_MS, onTrouble: (error) => this.#deps.onTrouble(error) },
      });
      await placed;
      const tell = (): void => {
        for (const update of untold.splice(0)) source.overlays(update);
      };
      tell();
      if (warm) await this.#warmUp(source, setup);
      tell();
      return source;
    } finally {
      this.#opening.delete(untold);
    }
  }

  /** What comes is drawn once for nobody: the thread's code is compiled for it, and what lies on the picture is ready. */
  async #warmUp(source: Source, { rig }: StageSetup): Promise<void> {
    this.#deps.programme.announceTo(source);
    const from = this.#frame;
    const count = Math.floor((WARM_UP_MS * this.#project.stage.fps) / 1000);
    const draw = async (index: number): Promise<void> => (await source.frame(index)).release();
    try {
      await Promise.all(Array.from({ length: count }, (_, i) => draw(from + i)));
      await source.restart(rig);
    } catch (error) {
      await source.dispose();
      throw error;
    }
  }

  #use(source: Source): void {
    this.#deps.programme.announceTo(source);
    this.#ahead.use(source);
  }

  #lost(source: Source, error: unknown): void {
    void source.dispose();
    if (this.#stop.signal.aborted) return;
    this.#deps.onTrouble(error);
    const wait = REOPEN_AFTER_MS[Math.min(this.#reopens++, REOPEN_AFTER_MS.length - 1)]!;
    const wish = ++this.#wish;
    const again = async (): Promise<void> => {
      try {
        const opened = await this.#openSource(await this.#make(this.#project, this.#scene), { warm: false });
        if (wish !== this.#wish || this.#stop.signal.aborted) return await opened.dispose();
        this.#use(opened);
        setTimeout(() => (this.#reopens = 0), 60_000).unref();
      } catch (failure) {
        if (wish === this.#wish) this.#lost(source, failure);
      }
    };
    setTimeout(() => void again(), wait).unref();
  }

  async dispose(): Promise<void> {
    await this.#ahead.dispose();
    this.#stop.abort(new DOMException('the show is over', 'AbortError'));
    this.#allDrawn.resolve();
    this.#made.clear();
  }
}

const pictureOf = (overlay: LiveOverlay): string | null =>
  'picture' in overlay && overlay.picture !== null ? overlay.picture.sha256 : null;
