/** The document that `export` makes: a project file or a new project, with what the options say laid over it. */
import { randomUUID } from 'node:crypto';
import { basename, extname } from 'node:path';
import type { PortraitSource } from '../../app/document/avatar.ts';
import { needsConsent } from '../../app/document/consent.ts';
import { newProject } from '../../app/document/new-project.ts';
import { outputSchema } from '../../app/document/output.ts';
import type { Project } from '../../app/document/project.ts';
import { projectAssets } from '../../app/document/project-assets.ts';
import { subtitlesSchema } from '../../app/document/stage.ts';
import { suggestion } from '../../app/errors/did-you-mean.ts';
import type { Voice } from '../engine/ports/tts.ts';
import { listSampleAvatars } from '../portrait/samples.ts';
import type { AssetSource } from '../storage/assets.ts';
import type { VerbContext } from './cli.ts';
import { consentFromOptions } from './consent-options.ts';
import { badValue, oneOf, usage } from './faults.ts';
import { createFileAssets, type FileAssets } from './file-assets.ts';
import {
  aiMarkOption,
  backgroundOption,
  emotionOption,
  frameRateOption,
  framingOption,
  numberOption,
  sizeOption,
  wholeOption,
} from './option-values.ts';
import { chooseOutput, formatChoice } from './output-names.ts';
import { scriptLines } from './script-input.ts';

export interface AskedExport {
  project: Project;
  assets: FileAssets;
  outPath: string;
  /** Every file that is read. */
  inputs: string[];
}

const SAMPLE = 'sample:';
const MAX_SEED = 2 ** 31 - 1;

/** @throws UsageFault for what is written wrongly; StudioError for files that are missing or no project */
export async function projectFromOptions(
  context: VerbContext,
  listVoices: () => Promise<Voice[]>,
  openProject: (path: string) => Promise<{ project: Project; assets: AssetSource }>,
): Promise<AskedExport> {
  const { options, signal } = context;
  const given = (name: string): string | undefined => {
    const value = options[name];
    return typeof value === 'string' ? value : undefined;
  };
  refuseConflicts(options);
  const wish = readWishes(given);
  const consent = await consentFromOptions(context);

  const projectFile = given('project');
  const opened = projectFile === undefined ? null : await openProject(projectFile);
  const ownEmotions = opened?.project.emotions.map(({ name }) => name) ?? [];
  const emotionText = given('emotion');
  const mood = emotionText === undefined ? null : emotionOption('--emotion', emotionText, ownEmotions);
  const assets = createFileAssets(opened?.assets ?? null);
  const format = given('format') === undefined ? undefined : formatChoice(given('format')!);
  const base =
    opened?.project ?? (await fromPortrait(given('portrait'), soundOnly(format, given('out')), assets, signal));

  if (consent !== null && !needsConsent(base.avatar.portrait)) {
    const option = consent.relation === undefined ? '--not-a-person' : '--consent…';
    throw usage('command.consent-of-sample', { option });
  }
  const lines = await scriptLines(context, ownEmotions);
  const audio = given('audio');
  if (opened === null && lines === null && audio === undefined) throw usage('command.no-speech');
  const voiceId = given('voice');
  if (voiceId !== undefined) await checkVoice(voiceId, listVoices);
  const sampleVoice = opened === null && voiceId === undefined ? await voiceOfSample(base, listVoices, signal) : {};

  const { background } = wish;
  const stageBackground =
    background?.kind === 'file'
      ? { kind: 'picture' as const, asset: await assets.picture(background.path, signal) }
      : (background ?? base.stage.background);
  const { outPath, format: chosenFormat } = await chooseOutput({
    ...{ out: given('out'), format, name: base.name },
    otherwise: opened === null && stageBackground.kind === 'transparent' ? 'webm' : base.output.format,
  });
  if (stageBackground.kind === 'transparent' && chosenFormat === 'mp4')
    throw usage('stage.transparent-needs-alpha', { format: chosenFormat });
  const preset = given('preset');

  const ownLines = mood ? base.script.lines.map((line) => ({ ...line, ...mood })) : base.script.lines;
  const replaced = lines !== null || audio !== undefined;
  const project: Project = {
    ...base,
    avatar: {
      ...base.avatar,
      ...(wish.face !== undefined && { faceIndex: wish.face - 1, landmarks: null }),
      framing: { ...base.avatar.framing, ...wish.framing },
      ...(consent !== null && { consent }),
    },
    voice: {
      ...base.voice,
      ...sampleVoice,
      ...wish.prosody,
      ...(voiceId !== undefined && { voiceId, byLanguage: {} }),
    },
    script: {
      ...base.script,
      lines: replaced ? (lines ?? []) : ownLines,
      recording:
        audio === undefined ? (replaced ? null : base.script.recording) : await assets.recording(audio, signal),
    },
    stage: {
      ...base.stage,
      ...(wish.size !== undefined && { size: wish.size }),
      ...(wish.fps !== undefined && { fps: wish.fps }),
      background: stageBackground,
      aiMark: { ...base.stage.aiMark, ...wish.aiMark },
      subtitles: {
        ...base.stage.subtitles,
        ...(given('subtitles') !== undefined && { mode: subtitlesSchema.shape.mode.parse(given('subtitles')) }),
        ...(options.karaoke === true && { karaoke: true }),
      },
    },
    output: {
      ...base.output,
      format: chosenFormat,
      ...(preset !== undefined && { preset: outputSchema.shape.preset.parse(preset) }),
    },
    ...(wish.seed !== undefined && { seed: wish.seed }),
  };
  // A recording without its words still has a mood.
  if (mood && project.script.recording !== null && project.script.lines.length === 0)
    project.script.lines.push({ id: 'recording', text: '', ...mood, voiceId: null, pauseAfterMs: 0 });

  const inputs = [projectFile, given('script')].filter((path) => path !== undefined && path !== '-');
  for (const ref of projectAssets(project)) inputs.push(await assets.resolve(ref, { signal }));
  return { project, assets, outPath, inputs: inputs.filter((path) => path !== undefined) };
}

function refuseConflicts(options: VerbContext['options']): void {
  const pairs = [
    ['project', 'portrait'],
    ['text', 'script'],
  ] as const;
  for (const [one, other] of pairs) {
    if (options[one] !== undefined && options[other] !== undefined)
      throw usage('command.conflicting-options', { option: `--${one}`, other: `--${other}` });
  }
}

/** Every value that needs no file, read before any file is. */
function readWishes(given: (name: string) => string | undefined) {
  const read = <T>(name: string, parse: (option: string, value: string) => T, flag = `--${name}`): T | undefined => {
    const value = given(name);
    return value === undefined ? undefined : parse(flag, value);
  };
  const factor = (name: 'rate' | 'pitch' | 'volume', min: number) => {
    const value = read(name, (option, text) => numberOption(option, text, min, 2));
    return value === undefined ? {} : { [name]: value };
  };
  return {
    face: read('face', (option, value) => wholeOption(option, value, 1, 99)),
    prosody: { ...factor('rate', 0.5), ...factor('pitch', 0.5), ...factor('volume', 0) },
    size: read('size', sizeOption),
    fps: read('fps', frameRateOption),
    background: read('background', backgroundOption),
    framing: read('framing', framingOption),
    aiMark: read('aiMark', aiMarkOption, '--ai-mark'),
    seed: read('seed', (option, value) => wholeOption(option, value, 0, MAX_SEED)),
  };
}

const soundOnly = (format: string | undefined, out: string | undefined): boolean =>
  format === 'wav' || (format === undefined && out !== undefined && /\.wav$/i.test(out));

async function fromPortrait(
  portrait: string | undefined,
  isSoundOnly: boolean,
  assets: FileAssets,
  signal: AbortSignal,
): Promise<Project> {
  const samples = (await listSampleAvatars(signal)).map(({ id }) => id);
  const names = samples.map((id) => SAMPLE + id);
  if (portrait === undefined) {
    if (!isSoundOnly) throw usage('command.no-portrait', { samples: names.join(', ') });
    // Nobody is seen in a sound file; the document still names someone.
    return newProject({ id: randomUUID(), name: 'speech', portrait: { kind: 'sample', id: samples[0]! } });
  }
  let source: PortraitSource;
  let name: string;
  if (portrait.startsWith(SAMPLE)) {
    name = portrait.slice(SAMPLE.length);
    if (!samples.includes(name)) throw badValue('--portrait', portrait, oneOf(names));
    source = { kind: 'sample', id: name };
  } else {
    name = basename(portrait, extname(portrait)).toWellFormed().slice(0, 100) || 'portrait';
    source = { kind: 'asset', asset: await assets.picture(portrait, signal) };
  }
  return newProject({ id: randomUUID(), name, portrait: source });
}

/** @throws UsageFault command.unknown-voice, with the nearest name */
export async function checkVoice(voiceId: string, listVoices: () => Promise<Voice[]>): Promise<void> {
  const ids = (await listVoices()).map(({ id }) => id);
  if (ids.includes(voiceId)) return;
  const provided = voiceId.includes(':') ? voiceId : `espeak:${voiceId}`;
  throw usage('command.unknown-voice', { voice: voiceId, ...suggestion(provided, ids) });
}

/** A sample avatar speaks as it looks, unless told otherwise. */
async function voiceOfSample(project: Project, listVoices: () => Promise<Voice[]>, signal: AbortSignal) {
  const { portrait } = project.avatar;
  if (portrait.kind !== 'sample' || project.name === 'speech') return {};
  const hint = (await listSampleAvatars(signal)).find(({ id }) => id === portrait.id)?.voice;
  if (hint === undefined) return {};
  const { rate, pitch, gender } = hint;
  const voice = (await listVoices()).find((each) => each.languages[0] === 'cmn' && each.gender === gender);
  return { rate, pitch, ...(voice && { voiceId: voice.id }) };
}
