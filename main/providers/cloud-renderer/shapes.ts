/**
 * Bailian's digital humans: what each takes and how it is asked. One address for all, three forms of request and answer.
 * https://help.aliyun.com/zh/model-studio/videoretalk, …/liveportrait-api, …/wan-s2v-api
 */
import { yuanForFilm } from '../../../app/policy/prices.ts';
import type { CloudRendererId } from '../../../app/providers/renderers.ts';
import type { BailianSettings } from '../../../app/providers/settings.ts';
import type { RenderLimits, RenderParameters } from '../../engine/ports/cloud-renderer.ts';
import { asRecord, numberIn, stringIn } from '../kit/web-socket.ts';

type Output = Readonly<Record<string, unknown>>;

export interface RequestShape {
  id: CloudRendererId;
  /** As a person knows it. */
  name: string;
  takes: 'picture' | 'film';
  /** In `input`. */
  personField: 'image_url' | 'video_url';
  limits: RenderLimits;
  model(settings: BailianSettings): string;
  parameters(settings: BailianSettings, fps: number): RenderParameters;
  yuan(settings: BailianSettings, seconds: number): number;
  /** Looks at the picture first. null: what the film needs is not looked at beforehand. */
  check: {
    model(settings: BailianSettings): string;
    /** null: somebody is there; else why not, in the vendor's words. */
    refusal(output: Output): string | null;
  } | null;
  /** '' where there is none. */
  url(output: Output): string;
  seconds(usage: Output): number | null;
}

const MB = 1024 * 1024;
/** The vendor measures by itself, and wants less than the limit. */
const MARGIN_MS = 500;
/** Where the film is behind `results`, or, as older answers had it, beside it. */
const urlIn = (output: Output): string =>
  stringIn(asRecord(output.results).video_url) ?? stringIn(output.video_url) ?? '';
const STILL = { fps: [0, Number.POSITIVE_INFINITY] } as const;

export const SHAPES: readonly RequestShape[] = [
  {
    ...{ id: 'videoretalk', name: 'VideoRetalk', takes: 'film', personField: 'video_url', check: null },
    limits: {
      soundMs: [2000, 120_000 - MARGIN_MS],
      soundBytes: 30 * MB,
      sidePx: [640, 2048],
      maxAspect: Number.POSITIVE_INFINITY,
      // The vendor takes 300 MB; the way there by its upload policy takes 100.
      personBytes: 100 * MB,
      fps: [15, 60],
    },
    model: ({ models }) => models.videoretalk,
    parameters: () => ({ video_extension: false }),
    yuan: ({ models }, seconds) => yuanForFilm(models.videoretalk, seconds),
    url: urlIn,
    seconds: (usage) => numberIn(usage.video_duration) ?? null,
  },
  {
    ...{ id: 'liveportrait', name: 'LivePortrait', takes: 'picture', personField: 'image_url' },
    limits: {
      ...STILL,
      soundMs: [1000, 180_000 - MARGIN_MS],
      soundBytes: 15 * MB,
      sidePx: [128, 4096],
      maxAspect: 2,
      personBytes: 10 * MB,
    },
    model: ({ models }) => models.liveportrait,
    // The stage's own rate or half of it, so that no frame is shown longer than another.
    parameters: (_, fps) => ({ template_id: 'normal', video_fps: fps > 30 ? fps / 2 : fps, paste_back: true }),
    yuan: ({ models }, seconds) => yuanForFilm(models.liveportrait, seconds),
    check: {
      model: ({ models }) => `${models.liveportrait}-detect`,
      refusal: ({ pass, message }) => (pass === false ? (stringIn(message) ?? 'refused') : null),
    },
    url: urlIn,
    seconds: (usage) => numberIn(usage.video_duration) ?? null,
  },
  {
    ...{ id: 's2v', name: 'Wan S2V', takes: 'picture', personField: 'image_url' },
    limits: {
      ...STILL,
      soundMs: [500, 20_000 - MARGIN_MS],
      soundBytes: 15 * MB,
      sidePx: [400, 7000],
      maxAspect: Number.POSITIVE_INFINITY,
      personBytes: 10 * MB,
    },
    model: ({ models }) => models.s2v,
    parameters: ({ s2vResolution }) => ({ resolution: s2vResolution }),
    yuan: ({ models, s2vResolution }, seconds) => yuanForFilm(models.s2v, seconds, s2vResolution === '480P'),
    check: {
      model: ({ models }) => `${models.s2v}-detect`,
      refusal: ({ check_pass, humanoid, message, code }) =>
        check_pass === false
          ? (stringIn(message) ?? stringIn(code) ?? (humanoid === false ? 'humanoid: false' : 'check_pass: false'))
          : null,
    },
    url: urlIn,
    seconds: (usage) => numberIn(usage.duration) ?? numberIn(usage.video_duration) ?? null,
  },
];
