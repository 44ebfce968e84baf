/** Changes to a project's own emotions that touch its lines as well. */
import { foldEmotionName } from '../speech/emotion.ts';
import { parseCue } from '../speech/script/cue.ts';
import { type Mood, writeMood } from '../speech/script/keyframes.ts';
import type { Project } from './project.ts';
import type { ScriptLine } from './script.ts';

type WithEmotions = Pick<Project, 'emotions' | 'script'>;

/** The emotion `id` under another name, in every line and cue. The caller has asked `emotionNameFault` about the name. */
export function renameEmotion<P extends WithEmotions>(project: P, id: string, name: string): P {
  const before = project.emotions.find((emotion) => emotion.id === id);
  if (before === undefined || before.name === name) return project;
  const emotions = project.emotions.map((emotion) => (emotion.id === id ? { ...emotion, name } : emotion));
  return { ...project, emotions, script: withName(project, before.name, name) };
}

/** Without the emotion `id`; lines and cues that had it get `replacement` in its strength. */
export function removeEmotion<P extends WithEmotions>(project: P, id: string, replacement: string): P {
  const before = project.emotions.find((emotion) => emotion.id === id);
  if (before === undefined) return project;
  const emotions = project.emotions.filter((emotion) => emotion.id !== id);
  return { ...project, emotions, script: withName(project, before.name, replacement) };
}

/** How often lines and cues name the emotion. */
export function countEmotion({ script }: WithEmotions, name: string): number {
  return script.lines.reduce((sum, { emotion, text }) => {
    let cues = 0;
    eachCue(text, name, () => {
      cues++;
      return null;
    });
    return sum + cues + (foldEmotionName(emotion) === foldEmotionName(name) ? 1 : 0);
  }, 0);
}

function withName({ script }: WithEmotions, from: string, to: string): Project['script'] {
  const lines = script.lines.map((line): ScriptLine => {
    const text = eachCue(line.text, from, ({ intensity }) => writeMood({ emotion: to, intensity }));
    const emotion = foldEmotionName(line.emotion) === foldEmotionName(from) ? to : line.emotion;
    return text === line.text && emotion === line.emotion ? line : { ...line, text, emotion };
  });
  return { ...script, lines };
}

/** Every cue of that emotion, also in a line that has errors elsewhere, as `write` says; null leaves it as it is. */
const eachCue = (text: string, name: string, write: (mood: Mood) => string | null): string =>
  text.replace(/\\[\\[\]{}*#]|\[([^[\]{}\n\\]*)\]/g, (source, body: string | undefined) => {
    const cue = body === undefined ? null : parseCue(body, [name]);
    if (cue?.kind !== 'emotion' || foldEmotionName(cue.emotion) !== foldEmotionName(name)) return source;
    return write(cue) ?? source;
  });
