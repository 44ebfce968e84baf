/** All emotions: the eight that everybody has, the project's own, and the person's library. */
import { BookmarkPlus, Copy, Download, Ellipsis, Pencil, Plus, Trash2 } from 'lucide-react';
import type { ReactElement } from 'react';
import { useStore } from 'zustand';
import type { OwnEmotion } from '../../../app/document/emotions.ts';
import { EMOTIONS, type Emotion, foldEmotionName } from '../../../app/speech/emotion.ts';
import { useT } from '../../state/language.ts';
import { useDocument } from '../../state/project.ts';
import { Button, ContextMenu, IconButton, Menu, type MenuEntry, Section, Tooltip } from '../../ui/index.ts';
import { addEmotion, assign } from './edits.ts';
import styles from './emotion.module.css';
import { EmotionCard } from './emotion-card.tsx';
import {
  askToRemove,
  type Chosen,
  choose,
  createEmotion,
  duplicate,
  edit,
  emotionView,
  makeOwn,
} from './emotion-store.ts';
import { removeFromLibrary, sameEmotion, saveToLibrary, useEmotionLibrary } from './library.ts';
import { presetColour, presetLabel } from './names.ts';
import { useSelectedLines } from './selected-lines.ts';
import type { Face } from './stills.ts';
import { useFace } from './use-face.ts';

export function Gallery(): ReactElement {
  const t = useT();
  const face = useFace();
  const own = useDocument(({ emotions }) => emotions);
  const library = useEmotionLibrary();
  const chosen = useStore(emotionView, (state) => state.chosen);
  /** What the project has already stands once. */
  const elsewhere = (library ?? []).filter(
    (kept) => !own.some(({ id, name }) => id === kept.id && foldEmotionName(name) === foldEmotionName(kept.name)),
  );
  return (
    <div className={styles.panel}>
      <div className={styles.scroll}>
        <Section id="emotion.presets" title={t('emotion.presets')}>
          <div className={styles.grid}>
            {EMOTIONS.map((emotion) => (
              <PresetCard key={emotion} emotion={emotion} face={face} chosen={chosen} />
            ))}
          </div>
        </Section>
        <Section
          id="emotion.own"
          title={t('emotion.own')}
          tools={<IconButton icon={Plus} label={t('emotion.create')} small onClick={createEmotion} />}
        >
          {own.length === 0 ? (
            <div className={styles.nothing}>
              <p>{t('emotion.ownNone')}</p>
              <Button icon={Plus} onClick={createEmotion}>
                {t('emotion.create')}
              </Button>
            </div>
          ) : (
            <div className={styles.grid}>
              {own.map((emotion) => (
                <OwnCard
                  key={emotion.id}
                  emotion={emotion}
                  face={face}
                  chosen={chosen}
                  kept={library?.some((other) => sameEmotion(other, emotion)) ?? false}
                />
              ))}
            </div>
          )}
        </Section>
        <Section id="emotion.library" title={t('emotion.library')}>
          {elsewhere.length === 0 ? (
            <div className={styles.nothing}>
              <p>{t(library?.length ? 'emotion.libraryAllHere' : 'emotion.libraryNone')}</p>
            </div>
          ) : (
            <div className={styles.grid}>
              {elsewhere.map((emotion) => (
                <LibraryCard key={emotion.id} emotion={emotion} face={face} chosen={chosen} />
              ))}
            </div>
          )}
        </Section>
      </div>
      <ChosenBar chosen={chosen} own={own} library={library ?? []} />
    </div>
  );
}

interface CardProps<What> {
  emotion: What;
  face: Face;
  chosen: Chosen | null;
}

function PresetCard({ emotion, face, chosen }: CardProps<Emotion>): ReactElement {
  const t = useT();
  return (
    <EmotionCard
      name={presetLabel(emotion, t)}
      colour={presetColour(emotion)}
      face={face}
      emotion={{ kind: 'preset', emotion, intensity: 1 }}
      chosen={chosen?.kind === 'preset' && chosen.emotion === emotion}
      onChoose={() => choose({ kind: 'preset', emotion })}
      onOpen={() => makeOwn(emotion, t)}
    />
  );
}

const shownAs = ({ blend }: OwnEmotion) => ({ kind: 'blend', blend, intensity: 1 }) as const;

function OwnCard({ emotion, face, chosen, kept }: CardProps<OwnEmotion> & { kept: boolean }): ReactElement {
  const entries = useOwnEntries(emotion);
  return (
    <ContextMenu entries={entries}>
      <EmotionCard
        name={emotion.name}
        colour={emotion.colour}
        face={face}
        emotion={shownAs(emotion)}
        chosen={chosen?.kind === 'own' && chosen.id === emotion.id}
        kept={kept}
        onChoose={() => choose({ kind: 'own', id: emotion.id })}
        onOpen={() => edit(emotion.id)}
      />
    </ContextMenu>
  );
}

function LibraryCard({ emotion, face, chosen }: CardProps<OwnEmotion>): ReactElement {
  const entries = useLibraryEntries(emotion);
  return (
    <ContextMenu entries={entries}>
      <EmotionCard
        name={emotion.name}
        colour={emotion.colour}
        face={face}
        emotion={shownAs(emotion)}
        chosen={chosen?.kind === 'library' && chosen.id === emotion.id}
        onChoose={() => choose({ kind: 'library', id: emotion.id })}
        onOpen={() => addEmotion(emotion)}
      />
    </ContextMenu>
  );
}

export function useOwnEntries(emotion: OwnEmotion): MenuEntry[] {
  const t = useT();
  const isEditing = emotionView.getState().editingId === emotion.id;
  return [
    ...(isEditing ? [] : [{ label: t('emotion.edit'), icon: Pencil, onSelect: () => edit(emotion.id) }]),
    { label: t('emotion.duplicate'), icon: Copy, onSelect: () => duplicate(emotion) },
    { label: t('emotion.saveToLibrary'), icon: BookmarkPlus, onSelect: () => void saveToLibrary(emotion) },
    'separator',
    { label: t('ui.delete'), icon: Trash2, danger: true, onSelect: () => askToRemove(emotion) },
  ];
}

function useLibraryEntries(emotion: OwnEmotion): MenuEntry[] {
  const t = useT();
  return [
    { label: t('emotion.takeFromLibrary'), icon: Download, onSelect: () => takeOver(emotion) },
    'separator',
    {
      label: t('emotion.removeFromLibrary'),
      icon: Trash2,
      danger: true,
      onSelect: () => void removeFromLibrary(emotion),
    },
  ];
}

function takeOver(emotion: OwnEmotion): void {
  const added = addEmotion(emotion);
  if (added !== null) choose({ kind: 'own', id: added.id });
}

/** What can be done with the emotion that is chosen. */
function ChosenBar(props: {
  chosen: Chosen | null;
  own: readonly OwnEmotion[];
  library: readonly OwnEmotion[];
}): ReactElement {
  const { chosen, own, library } = props;
  const t = useT();
  if (chosen?.kind === 'preset') {
    return (
      <Bar name={presetLabel(chosen.emotion, t)} colour={presetColour(chosen.emotion)} assigned={chosen.emotion}>
        <Button icon={Pencil} onClick={() => makeOwn(chosen.emotion, t)}>
          {t('emotion.makeOwn')}
        </Button>
      </Bar>
    );
  }
  const emotion = (chosen?.kind === 'own' ? own : library).find(({ id }) => id === chosen?.id);
  if (chosen === null || emotion === undefined) return <p className={styles.barHint}>{t('emotion.chooseHint')}</p>;
  return chosen.kind === 'own' ? <OwnBar emotion={emotion} /> : <LibraryBar emotion={emotion} />;
}

function OwnBar({ emotion }: { emotion: OwnEmotion }): ReactElement {
  const t = useT();
  const entries = useOwnEntries(emotion);
  return (
    <Bar name={emotion.name} colour={emotion.colour} assigned={emotion.name}>
      <Button icon={Pencil} onClick={() => edit(emotion.id)}>
        {t('emotion.edit')}
      </Button>
      <Menu entries={entries} align="end" trigger={<IconButton icon={Ellipsis} label={t('ui.more')} />} />
    </Bar>
  );
}

function LibraryBar({ emotion }: { emotion: OwnEmotion }): ReactElement {
  const t = useT();
  const entries = useLibraryEntries(emotion);
  return (
    <Bar name={emotion.name} colour={emotion.colour} assigned={emotion}>
      <Button icon={Download} onClick={() => takeOver(emotion)}>
        {t('emotion.takeFromLibrary')}
      </Button>
      <Menu entries={entries} align="end" trigger={<IconButton icon={Ellipsis} label={t('ui.more')} />} />
    </Bar>
  );
}

function Bar(props: {
  name: string;
  colour: string;
  assigned: string | OwnEmotion;
  children: ReactElement | ReactElement[];
}): ReactElement {
  return (
    <div className={styles.bar}>
      <p className={styles.barName}>
        <i style={{ background: props.colour }} />
        <span>{props.name}</span>
      </p>
      <div className={styles.barButtons}>
        <AssignButton emotion={props.assigned} />
        {props.children}
      </div>
    </div>
  );
}

/** Gives the emotion to the lines that are selected in the script. */
export function AssignButton({ emotion }: { emotion: string | OwnEmotion }): ReactElement {
  const t = useT();
  const ids = useSelectedLines();
  if (ids.length > 0) {
    return (
      <Button tone="primary" onClick={() => assign(ids, emotion)}>
        {t('emotion.assign', { count: ids.length })}
      </Button>
    );
  }
  return (
    <Tooltip label={t('emotion.assignNone')}>
      <Button aria-disabled="true">{t('emotion.assignTo')}</Button>
    </Tooltip>
  );
}
