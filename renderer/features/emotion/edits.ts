/** What the panel does to the document. Each is one step of undo. */
import type { OwnEmotion } from '../../../app/document/emotions.ts';
import { countEmotion, removeEmotion, renameEmotion } from '../../../app/document/own-emotions.ts';
import type { Project } from '../../../app/document/project.ts';
import type { EmotionBlend, EmotionControlKey } from '../../../app/speech/emotion-blend.ts';
import { editDocument, openDocument, sealEdit } from '../../state/project.ts';
import { freeName } from './names.ts';

type Draft = Parameters<Parameters<typeof editDocument>[1]>[0];

const place = (emotions: readonly OwnEmotion[], id: string): number =>
  emotions.findIndex((emotion) => emotion.id === id);

/** Puts an emotion into the project under a free name; gives it as it became. */
export function addEmotion(wish: Omit<OwnEmotion, 'id'> & { id?: string }): OwnEmotion | null {
  const project = openDocument();
  if (project === null) return null;
  const emotion = fitting(wish, project.emotions);
  sealEdit();
  editDocument('emotion.stepAdd', (draft) => void draft.emotions.push(emotion));
  sealEdit();
  return emotion;
}

function fitting(wish: Omit<OwnEmotion, 'id'> & { id?: string }, own: readonly OwnEmotion[]): OwnEmotion {
  const id = wish.id !== undefined && place(own, wish.id) < 0 ? wish.id : crypto.randomUUID();
  return { id, name: freeName(wish.name, own), colour: wish.colour, blend: { ...wish.blend } };
}

export function setControls(id: string, values: Partial<Record<EmotionControlKey, number>>): void {
  editDocument(
    'emotion.stepShape',
    (draft) => {
      const emotion = draft.emotions[place(draft.emotions, id)];
      if (emotion !== undefined) Object.assign(emotion.blend, values);
    },
    { mergeKey: `emotion:${id}:${Object.keys(values).join()}` },
  );
}

export function setBlend(id: string, blend: Readonly<EmotionBlend>, way: 'start' | 'mix'): void {
  editDocument(
    way === 'mix' ? 'emotion.stepMix' : 'emotion.stepStart',
    (draft) => {
      const emotion = draft.emotions[place(draft.emotions, id)];
      if (emotion !== undefined) emotion.blend = { ...blend };
    },
    { mergeKey: `emotion:${id}:${way}` },
  );
}

export function recolour(id: string, colour: string): void {
  editDocument(
    'emotion.stepColour',
    (draft) => {
      const emotion = draft.emotions[place(draft.emotions, id)];
      if (emotion !== undefined) emotion.colour = colour;
    },
    { mergeKey: `emotion:${id}:colour` },
  );
}

/** Lines as `after` has them, touching no others. */
function takeLines(draft: Draft, before: Project, after: Project): void {
  for (const [index, line] of after.script.lines.entries()) {
    if (line === before.script.lines[index]) continue;
    const own = draft.script.lines[index];
    if (own === undefined) continue;
    own.text = line.text;
    own.emotion = line.emotion;
  }
}

export function rename(id: string, name: string): void {
  const before = openDocument();
  if (before === null) return;
  const after = renameEmotion(before, id, name);
  if (after === before) return;
  editDocument('emotion.stepRename', (draft) => {
    const emotion = draft.emotions[place(draft.emotions, id)];
    if (emotion !== undefined) emotion.name = name;
    takeLines(draft, before, after);
  });
  sealEdit();
}

/** How often lines and cues of the open project name it. */
export function usesOf(name: string): number {
  const project = openDocument();
  return project === null ? 0 : countEmotion(project, name);
}

export function remove(id: string, replacement: string): void {
  const before = openDocument();
  if (before === null) return;
  const after = removeEmotion(before, id, replacement);
  if (after === before) return;
  editDocument('emotion.stepRemove', (draft) => {
    draft.emotions.splice(place(draft.emotions, id), 1);
    takeLines(draft, before, after);
  });
  sealEdit();
}

/** Gives the lines that mood; an emotion the project does not have yet comes into it in the same step. */
export function assign(lineIds: readonly string[], emotion: string | OwnEmotion): void {
  const project = openDocument();
  if (project === null) return;
  const there = typeof emotion === 'string' ? null : project.emotions.find(({ id }) => id === emotion.id);
  const added = typeof emotion === 'string' || there ? null : fitting(emotion, project.emotions);
  const name = typeof emotion === 'string' ? emotion : (there ?? added!).name;
  const wanted = new Set(lineIds);
  const places = project.script.lines.flatMap(({ id }, index) => (wanted.has(id) ? [index] : []));
  editDocument('emotion.stepAssign', (draft) => {
    if (added !== null) draft.emotions.push(added);
    for (const index of places) draft.script.lines[index]!.emotion = name;
  });
  sealEdit();
}
