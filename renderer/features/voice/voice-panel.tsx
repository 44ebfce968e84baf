/** The inspector's tab of voices: who speaks, the person's own recording, and how words are said. */
import { type ReactElement, useEffect } from 'react';
import { useStore } from 'zustand';
import { useT } from '../../state/language.ts';
import { Segments } from '../../ui/index.ts';
import { VoicesPart } from './choose/voices-part.tsx';
import { hush } from './hearing.ts';
import { RecordingPart } from './record/recording-part.tsx';
import styles from './voice.module.css';
import { voiceView } from './voice-store.ts';
import { WordsPart } from './words/words-part.tsx';

export default function VoicePanel(): ReactElement {
  const t = useT();
  const part = useStore(voiceView, (state) => state.part);
  useEffect(() => hush, []);
  return (
    <div className={styles.panel}>
      <div className={styles.parts}>
        <Segments
          label={t('voice.parts')}
          bare
          value={part}
          options={[
            { value: 'voices', label: t('voice.voices') },
            { value: 'recording', label: t('voice.recording') },
            { value: 'words', label: t('voice.words') },
          ]}
          onChange={(next) => voiceView.setState({ part: next })}
        />
      </div>
      <div className={styles.scroll}>
        {part === 'voices' ? <VoicesPart /> : part === 'recording' ? <RecordingPart /> : <WordsPart />}
      </div>
    </div>
  );
}
