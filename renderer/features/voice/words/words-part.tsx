/** The pronunciation dictionary of the project. */
import { Pencil, Plus, Trash2 } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import type { Pronunciation } from '../../../../app/document/script.ts';
import { escapeScriptText } from '../../../../app/speech/script/escape.ts';
import { rpc } from '../../../bridge/index.ts';
import { language, useT } from '../../../state/language.ts';
import { editDocument, openDocument, projectStore, sealEdit, useDocument } from '../../../state/project.ts';
import { showToast } from '../../../state/toasts.ts';
import { Button, IconButton, TextField } from '../../../ui/index.ts';
import { HearButton } from '../hear-button.tsx';
import styles from '../voice.module.css';
import { tryWord } from './try-word.ts';
import { WordForm } from './word-form.tsx';

const EMPTY = { written: '', way: 'pinyin', reading: '' } as const;

export function WordsPart(): ReactElement {
  const t = useT();
  const dictionary = useDocument(({ script }) => script.dictionary);
  /** A place in the dictionary, or a new one. */
  const [editing, setEditing] = useState<number | 'new' | null>(null);

  const put = (index: number | null, entry: Pronunciation): void => {
    editDocument(index === null ? 'voice.stepWordAdd' : 'voice.stepWord', (draft) => {
      if (index === null) draft.script.dictionary.unshift(entry);
      else draft.script.dictionary[index] = entry;
    });
    sealEdit();
    setEditing(null);
  };
  const drop = (index: number): void => {
    const written = dictionary[index]?.written ?? '';
    editDocument('voice.stepWordRemove', (draft) => void draft.script.dictionary.splice(index, 1));
    sealEdit();
    setEditing(null);
    showToast({
      tone: 'info',
      message: language().t('voice.wordRemoved', { name: written }),
      action: { label: t('ui.undo'), run: () => projectStore().undo() },
    });
  };
  return (
    <div className={styles.part}>
      <p className={styles.explain}>{t('voice.wordsExplain')}</p>
      {editing === 'new' ? (
        <WordForm
          typed={EMPTY}
          others={dictionary}
          onKeep={(entry) => put(null, entry)}
          onCancel={() => setEditing(null)}
        />
      ) : (
        <Button icon={Plus} className={styles.addWord} onClick={() => setEditing('new')}>
          {t('voice.addWord')}
        </Button>
      )}
      <ul className={styles.words}>
        {dictionary.map((entry, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: entries have no ids, and a word may stand in the list twice.
          <li key={`${index}-${entry.written}`}>
            {editing === index ? (
              <WordForm
                entry={entry}
                others={dictionary.filter((_, other) => other !== index)}
                onKeep={(next) => put(index, next)}
                onCancel={() => setEditing(null)}
              />
            ) : (
              <Word entry={entry} onEdit={() => setEditing(index)} onDrop={() => drop(index)} />
            )}
          </li>
        ))}
      </ul>
      <TrySentence />
    </div>
  );
}

function Word({
  entry,
  onEdit,
  onDrop,
}: {
  entry: Pronunciation;
  onEdit: () => void;
  onDrop: () => void;
}): ReactElement {
  const t = useT();
  const { written, say, pinyin } = entry;
  return (
    <div className={styles.word}>
      <HearButton
        name={`word ${JSON.stringify(entry)}`}
        label={t('voice.tryWord', { name: written })}
        small
        ask={(signal) => tryWord(entry, signal)}
      />
      <b title={written}>{written}</b>
      <span aria-hidden>→</span>
      <span className={styles.reading} data-pinyin={pinyin !== null || undefined}>
        {pinyin === null ? say : pinyin.join(' ')}
      </span>
      <IconButton icon={Pencil} label={t('voice.editWord', { name: written })} small onClick={onEdit} />
      <IconButton icon={Trash2} label={t('voice.deleteWord', { name: written })} small onClick={onDrop} />
    </div>
  );
}

/** Any text, read with the whole dictionary. */
function TrySentence(): ReactElement {
  const t = useT();
  const [text, setText] = useState('');
  return (
    <div className={styles.sentence}>
      <TextField
        label={t('voice.trySentence')}
        stacked
        value={text}
        maxLength={500}
        placeholder={t('voice.trySentenceHint')}
        onType={setText}
        onCommit={setText}
      />
      <HearButton
        name="sentence"
        label={t('voice.listen')}
        wide
        disabled={text.trim() === ''}
        ask={(signal) => {
          const { voice, script } = openDocument()!;
          const line = { id: 'try', text: escapeScriptText(text) };
          return rpc.script.speakLine(
            { source: { kind: 'draft', line, voice, dictionary: script.dictionary, emotions: [] } },
            { signal },
          );
        }}
      />
    </div>
  );
}
