/** Voices for the interface: who there is, how they sound, and what the person's own recordings are like. */
import { access, mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { StudioContract } from '../../app/contract/index.ts';
import type { ExaminedRecording } from '../../app/contract/voices.ts';
import { voiceSchema } from '../../app/document/voice.ts';
import { StudioError } from '../../app/errors/index.ts';
import { NORMAL_PROSODY, type SpeechLang, type UtterancePlan } from '../../app/speech/plan.ts';
import { escapeScriptText } from '../../app/speech/script/escape.ts';
import { planLine } from '../../app/speech/script/plan.ts';
import type { Studio } from '../compose.ts';
import type { Voice } from '../engine/ports/tts.ts';
import { decodeRecording } from '../speech/recording/decode.ts';
import { samplesToMs } from '../speech/recording/pcm-file.ts';
import type { AssetStore } from '../storage/assets.ts';
import type { MediaProvider, ServiceOf } from './service.ts';
import { shapeOf } from './sound-shape.ts';
import type { SpeakingLines } from './speaking.ts';
import { type SpokenMedia, wavOf } from './spoken-media.ts';
import { greetingFor } from './voice-greetings.ts';

export interface VoiceService {
  readonly calls: ServiceOf<StudioContract['voices']>;
  /** For `/media/recording/`. */
  readonly media: MediaProvider;
  /** Starts what speaking needs, so that the first line is heard sooner. Never fails. */
  warmUp(): Promise<void>;
}

export interface VoiceDeps {
  studio: Pick<Studio, 'paths' | 'voices' | 'ffmpeg'>;
  speaking: SpeakingLines;
  spoken: SpokenMedia;
  assets: AssetStore;
}

const HASH = /^[0-9a-f]{64}$/;
const MAX_DECODED_BYTES = 1_000_000_000;
/** Shares and levels from which a recording is remarked on. */
const CLIPPED_SHARE = 0.0005;
const QUIET_LUFS = -38;
/** Between the quietest tenth and the loudest tenth of a recording there is more than this, or noise fills its pauses. */
const NOISY_RANGE_DB = 16;

export function createVoiceService({ studio, speaking, spoken, assets }: VoiceDeps): VoiceService {
  const folder = join(studio.paths.cacheDir, 'recordings');
  const allVoices = async (signal?: AbortSignal): Promise<{ voice: Voice; provider: string }[]> =>
    (
      await Promise.all(
        studio.voices.map(async ({ id, voices }) => (await voices(signal)).map((voice) => ({ voice, provider: id }))),
      )
    ).flat();

  const decoded = async (sha256: string, path: string, signal: AbortSignal) => {
    const pcmPath = join(folder, `${sha256}.s16`);
    const there = await stat(pcmPath).catch(() => null);
    if (there) {
      const now = new Date();
      await utimes(pcmPath, now, now).catch(() => undefined);
      return { pcmPath, samples: there.size / 2 };
    }
    await mkdir(folder, { recursive: true });
    const { path: ffmpegPath } = await studio.ffmpeg(signal);
    const found = await decodeRecording(path, { ffmpegPath, pcmOutPath: pcmPath }, signal);
    await sweep(folder, pcmPath);
    return found;
  };

  return {
    calls: {
      async list(_, signal) {
        return (await allVoices(signal)).map(({ voice, provider }) => ({ ...voice, provider }));
      },

      async sample({ voiceId, text, rate, pitch, volume }, signal) {
        const voice = (await allVoices(signal)).find((each) => each.voice.id === voiceId)?.voice;
        if (!voice) throw new StudioError('speech.unknown-voice', { voice: voiceId });
        const plan = planIn(voice, text ?? greetingFor(voice.languages));
        const lang = plan.parts.find((part) => part.kind === 'speech')?.lang ?? 'en';
        // Said by this voice whatever language the words are in.
        const settings = voiceSchema.parse({ voiceId, byLanguage: { [lang]: voiceId }, rate, pitch, volume });
        const options = { lineId: 'sample', voice: settings, lineVoiceId: null, pauseAfterMs: 0 };
        const { key, finished } = speaking.speak(plan, options, signal);
        return { path: spoken.pathOf(key), durationMs: (await finished).timeline.durationMs };
      },

      async examineRecording({ asset }, signal) {
        const sound = await decoded(asset.sha256, await assets.resolve(asset, { signal }), signal);
        const { waveform, peak, clipped, integratedLufs } = await shapeOf(sound, signal, { loudness: true });
        const findings: ExaminedRecording['findings'] = [];
        if (clipped > CLIPPED_SHARE) findings.push('clipped');
        if (integratedLufs === null) findings.push('silent');
        else if (integratedLufs < QUIET_LUFS) findings.push('quiet');
        if (integratedLufs !== null && rangeDb(waveform.peaks) < NOISY_RANGE_DB) findings.push('noisy');
        return {
          path: `/media/recording/${asset.sha256}.wav`,
          durationMs: samplesToMs(sound.samples),
          peak,
          loudnessLufs: integratedLufs,
          waveform,
          findings,
        };
      },
    },

    async media([name = '', ...more], { signal }) {
      const hash = name.replace(/\.wav$/, '');
      if (more.length > 0 || !HASH.test(hash)) return null;
      const pcmPath = join(folder, `${hash}.s16`);
      const there = await access(pcmPath).then(
        () => true,
        () => false,
      );
      return there ? await wavOf(pcmPath, signal) : null;
    },

    async warmUp() {
      await allVoices().catch(() => undefined);
    },
  };
}

/** One part in the voice's own tongue. Chinese and English are read with all that the studio knows of them, others as they stand. */
function planIn(voice: Voice, text: string): UtterancePlan {
  const base = voice.languages[0]?.toLowerCase().split('-')[0] ?? '';
  const known: Readonly<Record<string, SpeechLang>> = { cmn: 'zh', zh: 'zh', yue: 'yue', en: 'en' };
  const lang = known[base];
  const plan = planLine(
    { text: escapeScriptText(text), emotion: 'neutral', intensity: 1 },
    { dictionary: [], emotions: [], defaultLang: lang ?? 'en' },
  );
  if (lang !== undefined) return plan;
  const { displayText } = plan;
  const token = { display: displayText, spoken: displayText, from: 0, to: displayText.length };
  return {
    displayText,
    parts: [{ kind: 'speech', lang: 'en', tokens: [token], prosody: NORMAL_PROSODY, emphasis: false }],
  };
}

/** Between the peaks of its quiet moments and its loud ones. */
function rangeDb(peaks: readonly number[]): number {
  const sorted = peaks.toSorted((a, b) => a - b);
  const at = (share: number): number => Math.max(1e-5, sorted[Math.floor(share * (sorted.length - 1))] ?? 0);
  return 20 * Math.log10(at(0.95) / at(0.1));
}

/** Removes what was heard longest ago until the folder fits. */
async function sweep(folder: string, keep: string): Promise<void> {
  const files: { path: string; bytes: number; usedMs: number }[] = [];
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const info = await stat(path).catch(() => null);
    if (info) files.push({ path, bytes: info.size, usedMs: info.mtimeMs });
  }
  let total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { path, bytes } of files.sort((a, b) => a.usedMs - b.usedMs)) {
    if (total <= MAX_DECODED_BYTES) break;
    if (path === keep) continue;
    await rm(path, { force: true });
    total -= bytes;
  }
}
