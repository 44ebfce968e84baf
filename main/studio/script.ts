/** Script lines for the interface: spoken, heard while they are spoken, reckoned, checked, and brought in from files. */
import { stat } from 'node:fs/promises';
import { setImmediate as turn } from 'node:timers/promises';
import type { WireError } from '../../app/contract/base.ts';
import type { contract } from '../../app/contract/index.ts';
import type { LineFault, LineSource, SpokenLine } from '../../app/contract/script.ts';
import type { OwnEmotion } from '../../app/document/emotions.ts';
import type { Project } from '../../app/document/project.ts';
import type { Pronunciation, ScriptLine } from '../../app/document/script.ts';
import type { VoiceSettings } from '../../app/document/voice.ts';
import { StudioError } from '../../app/errors/index.ts';
import { estimateSpeechMs } from '../../app/speech/estimate.ts';
import type { SpeechLang, UtterancePlan } from '../../app/speech/plan.ts';
import { escapeScriptText } from '../../app/speech/script/escape.ts';
import { parseLine } from '../../app/speech/script/parse.ts';
import { planLine } from '../../app/speech/script/plan.ts';
import { toVisemes } from '../../app/speech/visemes.ts';
import { SAMPLE_RATE } from '../engine/ports/tts.ts';
import { type SpeakOptions, type SpeechStage, speakOptionsOf } from '../engine/stages/speech.ts';
import { safeFileName } from '../export/file-name.ts';
import { languageOf } from '../export/speak-script.ts';
import type { AssetStore } from '../storage/assets.ts';
import { type TimedLine, writeScript } from './script-export.ts';
import { importScript, MAX_SCRIPT_BYTES } from './script-import/import-script.ts';
import type { ServiceOf } from './service.ts';
import { shapeOf } from './sound-shape.ts';
import type { SpeakingLines } from './speaking.ts';
import type { SpokenMedia } from './spoken-media.ts';

export interface ScriptDeps {
  speech: SpeechStage;
  speaking: SpeakingLines;
  spoken: SpokenMedia;
  assets: AssetStore;
  /** Puts a text where it can be fetched for a while. */
  lay(fileName: string, text: string): Promise<{ path: `/media/${string}`; fileName: string }>;
  /** The document as it is now, in the memory of an open project or on disk. @throws StudioError storage.project-not-found */
  project(id: string): Project | Promise<Project>;
}

/** Lines reckoned before others get their turn. */
const BATCH = 100;
/** Told of one line: a file of brackets pasted into it has one at every character. */
const MOST_FAULTS = 100;

interface Planned {
  plan: UtterancePlan;
  options: SpeakOptions;
}

interface Around {
  voice: VoiceSettings;
  dictionary: readonly Pronunciation[];
  emotions: readonly OwnEmotion[];
  defaultLang: SpeechLang;
  /** Of the project, where there is one. */
  seed?: number;
}

const plannedLine = (line: ScriptLine, { voice, ...context }: Around, lineNumber: number): Planned => ({
  plan: planLine(line, { ...context, lineNumber }),
  options: speakOptionsOf(line, voice),
});

export function createScriptService({
  speech,
  speaking,
  spoken,
  assets,
  lay,
  project: openProject,
}: ScriptDeps): ServiceOf<(typeof contract)['script']> {
  /** As an export would plan it, so that both share what is kept. */
  const planned = async (source: LineSource): Promise<Planned> => {
    if (source.kind === 'draft') {
      const { line, voice, dictionary, emotions } = source;
      return plannedLine(
        line,
        { voice, dictionary, emotions, defaultLang: languageOf({ script: { lines: [line] }, voice }) },
        1,
      );
    }
    const { script, voice, emotions, seed } = await openProject(source.projectId);
    const { lines, dictionary } = script;
    const index = lines.findIndex(({ id }) => id === source.lineId);
    if (index < 0) throw new StudioError('script.line-gone');
    return plannedLine(
      lines[index]!,
      { voice, dictionary, emotions, seed, defaultLang: languageOf({ script: { lines }, voice }) },
      index + 1,
    );
  };

  const spokenMs = async (key: string): Promise<number | null> => {
    const found = await speech.spoken(key);
    return found && (found.samples * 1000) / SAMPLE_RATE;
  };

  return {
    async speakLine({ source }, signal) {
      const { plan, options } = await planned(source);
      const { key, finished } = speaking.speak(plan, options, signal);
      const { timeline, emotions, markers, displayText, pcmPath, samples } = await finished;
      const { waveform } = await shapeOf({ pcmPath, samples }, signal);
      const line: SpokenLine = {
        speechKey: key,
        path: spoken.pathOf(key),
        displayText,
        ...timeline,
        visemes: toVisemes(timeline.phones),
        waveform,
        emotions: emotions.map((each) => ({ ...each, blend: { ...each.blend } })),
        markers,
      };
      return line;
    },

    async listen({ source }) {
      const { plan, options } = await planned(source);
      const key = speech.keyOf(plan, options);
      if ((await speech.spoken(key)) !== null) return { path: spoken.pathOf(key) };
      // It begins now, not when it is fetched, and outlives this call.
      const stop = new AbortController();
      const { sound } = speaking.speak(plan, options, stop.signal);
      async function* heard(): AsyncGenerator<Int16Array> {
        try {
          yield* sound();
        } finally {
          stop.abort(new Error('nobody listens any more'));
        }
      }
      return { path: spoken.pathOfLive(heard, () => stop.abort(new Error('nobody came to listen'))) };
    },

    async estimate({ lines, voice, dictionary, emotions }, signal) {
      const around: Around = { voice, dictionary, emotions, defaultLang: languageOf({ script: { lines }, voice }) };
      const estimates = [];
      for (let from = 0; from < lines.length; from += BATCH) {
        await turn(undefined, { signal });
        const batch = lines.slice(from, from + BATCH).map(async (line, i) => {
          const exact = tryPlan(line, around, from + i + 1);
          const known = exact && (await spokenMs(speech.keyOf(exact.plan, exact.options)));
          if (known) return { lineId: line.id, durationMs: known, measured: true };
          // A line with a slip in it takes about as long as its words.
          const { plan } = exact ?? plannedLine(bare(line), around, from + i + 1);
          return { lineId: line.id, durationMs: Math.round(estimateSpeechMs(plan, voice.rate)), measured: false };
        });
        estimates.push(...(await Promise.all(batch)));
      }
      return estimates;
    },

    async check({ lines, emotions }, signal) {
      const names = emotions.map(({ name }) => name);
      const faults: LineFault[] = [];
      for (const [index, { id, text }] of lines.entries()) {
        if (index % BATCH === 0) await turn(undefined, { signal });
        const parsed = parseLine(text, index + 1, names);
        if (parsed.ok) continue;
        for (const { code, params, retryable } of parsed.errors.slice(0, MOST_FAULTS))
          faults.push({ lineId: id, ...placeOf(text, params), error: { code, params: { ...params }, retryable } });
      }
      return faults;
    },

    async importFile({ asset, format, emotions }, signal) {
      const path = await assets.resolve(asset, { signal });
      const fileName = asset.fileName || asset.sha256.slice(0, 8);
      if ((await stat(path)).size > MAX_SCRIPT_BYTES)
        throw new StudioError('script.import-too-large', { fileName, limitMb: MAX_SCRIPT_BYTES / 2 ** 20 });
      const emotionNames = emotions.map(({ name }) => name);
      return await importScript(
        { bytes: await assets.read(asset, { signal }), fileName, format, emotionNames },
        signal,
      );
    },

    async exportFile({ projectId, format }, signal) {
      const project = await openProject(projectId);
      const { script, voice, emotions, seed } = project;
      const around: Around = {
        ...{ voice, emotions, seed, dictionary: script.dictionary },
        defaultLang: languageOf({ script, voice }),
      };
      const timed = async (line: ScriptLine, index: number): Promise<TimedLine> => {
        const exact = tryPlan(line, around, index + 1);
        const { plan, options } = exact ?? plannedLine(bare(line), around, index + 1);
        if (exact !== null && (await spokenMs(speech.keyOf(plan, options))) !== null)
          return { utterance: await speaking.speak(plan, options, signal).finished, measured: true };
        const durationMs = estimateSpeechMs(plan, voice.rate);
        const silent = { pcmPath: '', envelope: new Float32Array(), emotions: [], markers: [] };
        return {
          utterance: {
            ...{ ...silent, lineId: line.id, displayText: plan.displayText, pauseAfterMs: line.pauseAfterMs },
            samples: Math.round((durationMs * SAMPLE_RATE) / 1000),
            timeline: { durationMs, phones: [], words: [], sentences: [] },
          },
          measured: plan.displayText.trim() === '',
        };
      };
      const { text, estimatedLines } = await writeScript(project, format, timed, signal);
      return { ...(await lay(`${safeFileName(project.name, 'script')}.${format}`, text)), estimatedLines };
    },

    async tryPronunciation({ entry, voice, sentence }, signal) {
      const text = sentence ?? escapeScriptText(entry.written);
      const line: ScriptLine = {
        ...{ id: 'try', text, emotion: 'neutral', intensity: 1, voiceId: null, pauseAfterMs: 0 },
      };
      const around: Around = {
        voice,
        dictionary: [entry],
        emotions: [],
        defaultLang: languageOf({ script: { lines: [line] }, voice }),
      };
      const { plan, options } = plannedLine(line, around, 1);
      const { key, finished } = speaking.speak(plan, options, signal);
      return { path: spoken.pathOf(key), durationMs: (await finished).timeline.durationMs };
    },
  };
}

function tryPlan(line: ScriptLine, around: Around, lineNumber: number): Planned | null {
  try {
    return plannedLine(line, around, lineNumber);
  } catch (error) {
    if (error instanceof StudioError) return null;
    throw error;
  }
}

/** The line's words without what may be wrong about it. */
const bare = (line: ScriptLine): ScriptLine => ({
  ...line,
  text: escapeScriptText(line.text.replace(/\[[^\][]*\]?/g, '')),
  emotion: 'neutral',
});

/** Columns count code points from 1; the interface counts UTF-16 from 0. */
function placeOf(text: string, { column, endColumn }: WireError['params']): { from: number; to: number } {
  if (typeof column !== 'number' || typeof endColumn !== 'number') return { from: 0, to: text.length };
  let from = 0;
  let to = 0;
  let at = 0;
  let count = 1;
  // Columns begin anew after a line end; a line of the document has none.
  for (const character of text) {
    if (count === column) from = at;
    if (count === endColumn) to = at;
    at += character.length;
    count += 1;
  }
  if (column >= count) from = at;
  if (endColumn >= count) to = at;
  return { from, to: Math.max(from, to) };
}
