/** One of the project's own emotions: its name and colour, how it looks, and all that makes it. */
import { ArrowLeft, BookmarkPlus, Columns2, Ellipsis, MonitorPlay } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import { useStore } from 'zustand';
import type { OwnEmotion } from '../../../app/document/emotions.ts';
import { useT } from '../../state/language.ts';
import { openDocument, sealEdit, useDocument } from '../../state/project.ts';
import { setLayout, uiStore } from '../../state/ui-store.ts';
import { IconButton, Menu, Segments, Slider, TextField } from '../../ui/index.ts';
import { Controls } from './controls.tsx';
import { recolour, rename } from './edits.ts';
import styles from './emotion.module.css';
import { emotionView, leaveEditor } from './emotion-store.ts';
import { AssignButton, useOwnEntries } from './gallery.tsx';
import { sameEmotion, saveToLibrary, useEmotionLibrary } from './library.ts';
import { isOnStage, Look, ON_STAGE } from './look.tsx';
import { Mix } from './mix.tsx';
import { nameFault } from './names.ts';

export function Editor({ emotion }: { emotion: OwnEmotion }): ReactElement {
  const t = useT();
  const { intensity, mouth, compare } = useStore(emotionView);
  const onStage = useStore(uiStore, isOnStage);
  const entries = useOwnEntries(emotion);
  const library = useEmotionLibrary();
  const kept = library?.find(({ id }) => id === emotion.id);
  const isKept = kept !== undefined && sameEmotion(kept, emotion);
  return (
    <div className={styles.panel}>
      <div className={styles.head}>
        <div className={styles.title}>
          <IconButton icon={ArrowLeft} label={t('emotion.back')} onClick={leaveEditor} />
          <input
            type="color"
            className={styles.colour}
            aria-label={t('emotion.colour')}
            title={t('emotion.colour')}
            value={emotion.colour}
            onChange={(event) => recolour(emotion.id, event.currentTarget.value)}
            onBlur={sealEdit}
          />
          <NameField emotion={emotion} />
          <IconButton
            icon={BookmarkPlus}
            label={t(isKept ? 'emotion.inLibrary' : kept ? 'emotion.updateLibrary' : 'emotion.saveToLibrary')}
            disabled={isKept}
            onClick={() => void saveToLibrary(emotion)}
          />
          <Menu entries={entries} align="end" trigger={<IconButton icon={Ellipsis} label={t('ui.more')} />} />
        </div>
        <div className={styles.seen} data-compare={compare || undefined}>
          <Look emotion={emotion} />
          <div className={styles.seenTools}>
            <Segments
              label={t('emotion.mouth')}
              bare
              value={mouth}
              options={[
                { value: 'rest', label: t('emotion.mouthRest') },
                { value: 'open', label: t('emotion.mouthOpen') },
              ]}
              onChange={(next) => emotionView.setState({ mouth: next })}
            />
            <div className={styles.toolRow}>
              <IconButton
                icon={Columns2}
                label={t('emotion.compare')}
                pressed={compare}
                onClick={() => emotionView.setState({ compare: !compare })}
              />
              <IconButton
                icon={MonitorPlay}
                label={t('emotion.onStage')}
                pressed={onStage}
                onClick={() => setLayout(ON_STAGE, onStage ? 0 : 1)}
              />
            </div>
            <AssignButton emotion={emotion.name} />
          </div>
        </div>
        <div className={styles.strength}>
          <Slider
            label={t('emotion.intensity')}
            value={intensity}
            min={0}
            max={1}
            step={0.01}
            scale={100}
            unit="%"
            reset={1}
            onChange={(next) => emotionView.setState({ intensity: next })}
          />
        </div>
      </div>
      <div className={styles.scroll}>
        <Mix emotion={emotion} />
        <Controls emotion={emotion} />
      </div>
    </div>
  );
}

function NameField({ emotion }: { emotion: OwnEmotion }): ReactElement {
  const t = useT();
  const own = useDocument(({ emotions }) => emotions);
  const [typed, setTyped] = useState<string | null>(null);
  const fault = typed === null ? null : nameFault(typed.trim(), own, emotion.id, t);
  return (
    <div className={styles.name}>
      <TextField
        label={t('emotion.name')}
        bare
        value={emotion.name}
        invalid={fault !== null}
        spellCheck={false}
        onType={setTyped}
        onCommit={(name) => {
          setTyped(null);
          const wanted = name.trim();
          if (nameFault(wanted, openDocument()?.emotions ?? [], emotion.id, t) === null) rename(emotion.id, wanted);
        }}
      />
      {fault !== null && (
        <p role="alert" className={styles.fault}>
          {fault}
        </p>
      )}
    </div>
  );
}
