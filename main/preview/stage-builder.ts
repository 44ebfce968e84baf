/**
 * Keeps the stage in step with a document that changes: finds out which of its steps a change touches and does those again.
 * One build at a time, always of the latest document; what comes in between is never built.
 */
import { type Avatar, framingFor } from '../../app/document/avatar.ts';
import type { Project } from '../../app/document/project.ts';
import type { StageSize } from '../../app/media/stage-size.ts';
import type { AvatarPlate } from '../engine/ports/lipsync.ts';
import { type LoadedPortrait, loadPortrait } from '../export/load-portrait.ts';
import { layOut, type StagePictures, stageSetup, stageSizeOf } from '../export/set-stage.ts';
import { bringsOwnMatte } from '../portrait/matte.ts';
import type { PortraitImporter } from '../portrait/prepare.ts';
import type { StageSetup } from '../render/frame-source.ts';
import { isCutOut } from '../stage/layout.ts';
import type { AssetSource } from '../storage/assets.ts';
import { KeptPictures } from './kept-pictures.ts';
import { previewSize } from './preview-size.ts';
import { ReducedPortraits } from './reduced-portrait.ts';

export interface BuiltStage {
  setup: StageSetup;
  /** Of what is drawn. */
  size: StageSize;
  /** Of the document's own stage: line breaks are made for it. */
  fullSize: StageSize;
}

export interface StageBuilderDeps {
  portraits: PortraitImporter;
  assets: AssetSource;
}

export interface StageEvents {
  built(stage: BuiltStage): void;
  failed(error: unknown): void;
  /** A picture nobody has seen before takes a while. */
  waiting(forWhat: 'portrait' | 'stage' | null): void;
}

/** After landmarks have rested so long, what hangs on them is prepared as the export will. */
const SETTLE_MS = 1000;

const sourceKey = ({ portrait, faceIndex }: Avatar): string => JSON.stringify([portrait, faceIndex]);
const plateKey = ({ avatar, stage }: Project): string =>
  JSON.stringify([avatar.framing, avatar.framingByShape, stage.size, stage.background, stage.overlays]);
const setupKey = ({ avatar, stage, seed }: Project): string =>
  JSON.stringify([stage.fps, seed, avatar.rig.teeth, stage.subtitles, stage.aiMark, stage.background.kind]);

interface KeptPortrait {
  source: string;
  landmarks: Avatar['landmarks'];
  loaded: LoadedPortrait;
  reduced: ReducedPortraits;
  /** What is laid out of it hangs on its own alpha, not on where its points lie. */
  isClear: boolean;
  /** Its landmarks were put in without preparing anew what follows from them. */
  provisional: boolean;
}

export class StageBuilder {
  readonly #deps: StageBuilderDeps;
  readonly #events: StageEvents;
  readonly #maxSidePx: number;
  readonly #stop = new AbortController();
  readonly #pictures: StagePictures;
  #wanted: Project | null = null;
  #building: Promise<void> | null = null;
  #portrait: KeptPortrait | null = null;
  #plate: { key: string; portrait: KeptPortrait; plate: AvatarPlate; fullSize: StageSize; zoom: number } | null = null;
  #shown = '';
  #latest: Project | null = null;
  #settleTimer: NodeJS.Timeout | undefined;
  /** The landmarks have rested. */
  #settled = false;
  /** What is being prepared because they have: given up when they move on, as nothing else gets a turn meanwhile. */
  #settling: { landmarks: Avatar['landmarks']; stop: AbortController } | null = null;

  constructor(deps: StageBuilderDeps, maxSidePx: number, events: StageEvents) {
    this.#deps = deps;
    this.#maxSidePx = maxSidePx;
    this.#pictures = new KeptPictures(deps.assets, maxSidePx);
    this.#events = events;
  }

  update(project: Project): void {
    this.#wanted = project;
    this.#latest = project;
    const settling = this.#settling;
    if (settling && !same(settling.landmarks, project.avatar.landmarks)) settling.stop.abort();
    this.#building ??= this.#buildAll();
  }

  async dispose(): Promise<void> {
    clearTimeout(this.#settleTimer);
    this.#wanted = null;
    this.#stop.abort(new DOMException('the preview was closed', 'AbortError'));
    await this.#building;
  }

  async #buildAll(): Promise<void> {
    const { signal } = this.#stop;
    await Promise.resolve();
    while (this.#wanted !== null && !signal.aborted) {
      const project = this.#wanted;
      this.#wanted = null;
      try {
        const stage = await this.#build(project, signal);
        if (stage !== null && !signal.aborted) this.#events.built(stage);
      } catch (error) {
        this.#shown = '';
        if (!signal.aborted) this.#events.failed(error);
      }
      if (!signal.aborted) this.#events.waiting(null);
    }
    this.#building = null;
  }

  /** null where the document draws as the one before. */
  async #build(project: Project, signal: AbortSignal): Promise<BuiltStage | null> {
    const portrait = await this.#portraitOf(project, signal);
    const key = plateKey(project);
    let made = this.#plate;
    if (made?.key !== key || made.portrait !== portrait) {
      if (made === null) this.#events.waiting('stage');
      made = await this.#layOut(project, portrait, key, signal);
      this.#plate = made;
      this.#shown = '';
    }
    const shown = setupKey(project);
    if (shown === this.#shown) return null;
    const setup = await stageSetup(project, this.#deps.assets, made.plate, signal, this.#pictures);
    this.#shown = shown;
    const { width, height } = made.plate;
    return { setup, size: { widthPx: width, heightPx: height }, fullSize: made.fullSize };
  }

  async #portraitOf(project: Project, signal: AbortSignal): Promise<KeptPortrait> {
    const { avatar } = project;
    const source = sourceKey(avatar);
    const kept = this.#portrait;
    const samePoints = kept?.source === source && same(kept.landmarks, avatar.landmarks);
    if (kept && samePoints && !(kept.provisional && this.#settled)) return kept;
    clearTimeout(this.#settleTimer);
    this.#settled = false;
    if (kept?.source === source && avatar.landmarks !== null && !samePoints) {
      // Matte and background of a photo hang on the points too, but hardly; the face's shape is seen at once and the rest follows.
      this.#portrait = withLandmarks(kept, avatar.landmarks);
      if (kept.isClear) return this.#portrait;
      this.#settleTimer = setTimeout(() => {
        this.#settled = true;
        if (this.#latest) this.update(this.#latest);
      }, SETTLE_MS);
      return this.#portrait;
    }
    const { landmarks } = avatar;
    const rested = kept?.source === source && kept.provisional ? kept : null;
    if (rested === null) this.#events.waiting('portrait');
    const loaded = await this.#load(avatar, rested !== null, signal);
    if (loaded === null) return rested!;
    const { prepared } = loaded;
    const isClear = isCutOut(prepared) && bringsOwnMatte(prepared.rgba);
    const reduced = new ReducedPortraits(prepared);
    this.#portrait = { source, landmarks, loaded, reduced, isClear, provisional: false };
    return this.#portrait;
  }

  /** null: of a face that has rested, and was moved on meanwhile. */
  async #load(avatar: Avatar, hasRested: boolean, signal: AbortSignal): Promise<LoadedPortrait | null> {
    const { portraits, assets } = this.#deps;
    if (!hasRested) return await loadPortrait(avatar, assets, portraits, signal);
    const stop = new AbortController();
    this.#settling = { landmarks: avatar.landmarks, stop };
    try {
      return await loadPortrait(avatar, assets, portraits, AbortSignal.any([signal, stop.signal]));
    } catch (error) {
      if (stop.signal.aborted && !signal.aborted) return null;
      throw error;
    } finally {
      this.#settling = null;
    }
  }

  async #layOut(project: Project, portrait: KeptPortrait, key: string, signal: AbortSignal) {
    const fullSize = stageSizeOf(project, portrait.loaded);
    const size = previewSize(fullSize, this.#maxSidePx);
    const { zoom } = framingFor(project.avatar, fullSize);
    const full = size.widthPx === fullSize.widthPx && size.heightPx === fullSize.heightPx;
    const layOutOf = async (widthPx: number): Promise<AvatarPlate> => {
      const prepared = full ? portrait.loaded.prepared : await portrait.reduced.atLeast(widthPx);
      return await layOut(project, this.#deps.assets, { ...portrait.loaded, prepared }, size, signal, this.#pictures);
    };
    const before = this.#plate?.portrait.source === portrait.source ? this.#plate : null;
    // How large the picture will be is known for certain only once it is laid out.
    const expected = before
      ? before.plate.picture.width * (zoom / before.zoom) * (size.widthPx / before.plate.width)
      : 1.5 * Math.max(size.widthPx, size.heightPx) * Math.max(1, zoom);
    const plate = await layOutOf(expected * 1.02);
    return { key, portrait, plate, fullSize, zoom };
  }
}

const same = (a: Avatar['landmarks'], b: Avatar['landmarks']): boolean =>
  a === b || JSON.stringify(a) === JSON.stringify(b);

function withLandmarks(kept: KeptPortrait, landmarks: NonNullable<Avatar['landmarks']>): KeptPortrait {
  const reduced = kept.reduced.withFace({ ...kept.reduced.whole.face, landmarks });
  const loaded = { ...kept.loaded, prepared: reduced.whole };
  return { ...kept, landmarks, loaded, reduced, provisional: !kept.isClear };
}
