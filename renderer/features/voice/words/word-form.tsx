import { type FormEvent, type KeyboardEvent, type ReactElement, useState } from 'react';
import type { Pronunciation } from '../../../../app/document/script.ts';
import type { Translate } from '../../../i18n/index.ts';
import { useT } from '../../../state/language.ts';
import { Button, cx, Segments } from '../../../ui/index.ts';
import { HearButton } from '../hear-button.tsx';
import styles from '../voice.module.css';
import { tryWord } from './try-word.ts';
import { readWord, type TypedWord, typedOf, type WordFault } from './word-entry.ts';

interface WordFormProps {
  /** What it is when the form opens. */
  entry?: Pronunciation;
  typed?: TypedWord;
  others: readonly Pronunciation[];
  onKeep: (entry: Pronunciation) => void;
  onCancel: () => void;
}

const START: TypedWord = { written: '', way: 'pinyin', reading: '' };

export function WordForm({ entry, typed = START, others, onKeep, onCancel }: WordFormProps): ReactElement {
  const t = useT();
  const [word, setWord] = useState<TypedWord>(entry === undefined ? typed : typedOf(entry));
  /** Nothing is wrong with a form that nobody has filled in yet. */
  const [asked, setAsked] = useState(entry !== undefined);
  const read = readWord(word, others);
  const fault = 'fault' in read ? read.fault : null;
  const shown = fault !== null && (asked || isSlip(fault)) ? faultWords(fault, t) : null;
  const change = (next: Partial<TypedWord>): void => setWord((before) => ({ ...before, ...next }));
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    setAsked(true);
    if ('entry' in read) onKeep(read.entry);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || event.nativeEvent.isComposing) return;
    event.stopPropagation();
    onCancel();
  };
  return (
    <form className={styles.wordForm} onSubmit={onSubmit} onKeyDown={onKeyDown} aria-label={t('voice.word')}>
      <div className={styles.wordFields}>
        <label>
          <span>{t('voice.written')}</span>
          <input
            className={cx(styles.input)}
            // biome-ignore lint/a11y/noAutofocus: it is opened to be typed into.
            autoFocus
            spellCheck={false}
            value={word.written}
            placeholder={t('voice.writtenHint')}
            onChange={(event) => change({ written: event.currentTarget.value })}
          />
        </label>
        <Segments
          label={t('voice.way')}
          bare
          value={word.way}
          options={[
            { value: 'pinyin', label: t('voice.wayPinyin') },
            { value: 'say', label: t('voice.waySay') },
          ]}
          onChange={(way) => change({ way })}
        />
        <label>
          <span>{t(word.way === 'pinyin' ? 'voice.pinyin' : 'voice.say')}</span>
          <input
            className={cx(styles.input)}
            spellCheck={false}
            value={word.reading}
            placeholder={t(word.way === 'pinyin' ? 'voice.pinyinHint' : 'voice.sayHint')}
            aria-invalid={shown !== null || undefined}
            onChange={(event) => change({ reading: event.currentTarget.value })}
          />
        </label>
      </div>
      {shown !== null && (
        <p role="alert" className={styles.wordFault}>
          {shown}
        </p>
      )}
      <div className={styles.wordButtons}>
        <HearButton
          name="word form"
          label={t('voice.try')}
          wide
          disabled={!('entry' in read)}
          ask={(signal) => ('entry' in read ? tryWord(read.entry, signal) : Promise.reject(new Error('no entry')))}
        />
        <Button onClick={onCancel}>{t('ui.cancel')}</Button>
        <Button tone="primary" type="submit">
          {t(entry === undefined ? 'voice.add' : 'voice.keep')}
        </Button>
      </div>
    </form>
  );
}

/** Wrong however it goes on; others may only be unfinished. */
const isSlip = ({ kind }: WordFault): boolean => kind === 'twice' || kind === 'not-han';

function faultWords(fault: WordFault, t: Translate): string {
  switch (fault.kind) {
    case 'written-empty':
      return t('voice.faultWritten');
    case 'reading-empty':
      return t('voice.faultReading');
    case 'not-han':
      return t('voice.faultNotHan');
    case 'twice':
      return t('voice.faultTwice', { name: fault.written });
    case 'syllable':
      return t('voice.faultSyllable', { syllable: fault.syllable });
    case 'count':
      return t('voice.faultCount', { characters: fault.characters, syllables: fault.syllables });
  }
}
