/** What the person wishes before the language model begins: the subject of a draft, how to rewrite, into which language. */
import { type ReactElement, useState } from 'react';
import type { WritingTask } from '../../../../app/contract/writing.ts';
import { useT } from '../../../state/language.ts';
import { activeLineId, closeDialog, uiStore } from '../../../state/ui-store.ts';
import fields from '../../../ui/fields.module.css';
import { Button, Dialog, Field } from '../../../ui/index.ts';
import { selectedIds } from '../line-edits.ts';
import { startWriting } from './writing-run.ts';

type Asked = Extract<WritingTask, 'draft' | 'rewrite' | 'translate'>;
const WORDS = {
  draft: { title: 'writing.draftTitle', label: 'writing.wish', placeholder: 'writing.wishPlaceholder' },
  rewrite: { title: 'writing.rewriteTitle', label: 'writing.rewriteWish', placeholder: 'writing.rewritePlaceholder' },
  translate: { title: 'writing.translateTitle', label: 'writing.language', placeholder: 'writing.languagePlaceholder' },
} as const;

export default function AskDialog({ argument }: { argument: unknown }): ReactElement {
  const t = useT();
  const task = argument as Asked;
  const [words, setWords] = useState('');
  const [ids] = useState(selectedIds);
  const afterId = activeLineId(uiStore.getState());
  const lacking = task !== 'rewrite' && words.trim() === '';
  const go = (): void => {
    if (lacking) return;
    closeDialog();
    const wish = words.trim();
    void startWriting(
      task,
      ids,
      task === 'translate' ? { language: wish } : { wish, afterId: task === 'draft' ? afterId : null },
    );
  };
  return (
    <Dialog
      title={t(WORDS[task].title)}
      onClose={closeDialog}
      footer={
        <>
          <Button onClick={closeDialog}>{t('ui.cancel')}</Button>
          <Button tone="primary" disabled={lacking} onClick={go}>
            {t('writing.go')}
          </Button>
        </>
      }
    >
      <Field
        stacked
        label={t(WORDS[task].label)}
        hint={
          task !== 'draft'
            ? t('writing.lines', { count: ids.length })
            : afterId === null
              ? undefined
              : t('writing.goOn')
        }
      >
        {(own) => (
          <textarea
            {...own}
            className={`${fields.input} ${fields.area}`}
            rows={task === 'translate' ? 1 : 3}
            maxLength={task === 'translate' ? 60 : 4000}
            placeholder={t(WORDS[task].placeholder)}
            value={words}
            onChange={(event) => setWords(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
              event.preventDefault();
              go();
            }}
          />
        )}
      </Field>
    </Dialog>
  );
}
