/** The language or dialect that is heard, and words to expect. */
import { Ear } from 'lucide-react';
import { type ReactElement, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { useT } from '../../../state/language.ts';
import { studioStore } from '../../../state/studio-store.ts';
import { IconButton, Popover, Select, TextArea } from '../../../ui/index.ts';
import styles from '../script.module.css';
import { changeListening, LANGUAGES, languageKey, wordsIn } from './listening.ts';

export function HeardLanguage({ bare = false }: { bare?: boolean }): ReactElement {
  const t = useT();
  const language = useStore(studioStore, ({ settings }) => settings?.listening.language ?? '');
  return (
    <Select
      label={t('script.heardLanguage')}
      {...(bare ? { bare } : { stacked: true })}
      // A choice of nothing cannot be empty.
      value={language === '' ? 'auto' : language}
      options={LANGUAGES.map((each) => ({ value: each === '' ? 'auto' : each, label: t.any(languageKey(each)) }))}
      onChange={(next) => changeListening({ language: next === 'auto' ? '' : next })}
    />
  );
}

export function ListeningOptions(): ReactElement {
  const t = useT();
  const words = useStore(studioStore, ({ settings }) => settings?.listening.words);
  const [open, setOpen] = useState(false);
  const typed = useRef<string | null>(null);
  /** Also where the panel is closed while the caret is in the field. */
  const keep = (): void => {
    if (typed.current !== null) changeListening({ words: wordsIn(typed.current) });
    typed.current = null;
  };
  return (
    <Popover
      label={t('script.listening')}
      align="end"
      open={open}
      onOpenChange={(next) => {
        if (!next) keep();
        setOpen(next);
      }}
      trigger={<IconButton icon={Ear} label={t('script.listening')} />}
    >
      <div className={styles.listening}>
        <HeardLanguage />
        <TextArea
          label={t('script.hotWords')}
          hint={t('script.hotWordsHint')}
          value={(words ?? []).join('\n')}
          rows={4}
          onInput={(event) => {
            typed.current = event.currentTarget.value;
          }}
          onCommit={keep}
        />
      </div>
    </Popover>
  );
}
