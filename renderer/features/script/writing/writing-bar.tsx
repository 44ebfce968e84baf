/** What the language model is at, and the way to stop it. */
import { Square } from 'lucide-react';
import type { ReactElement } from 'react';
import { useStore } from 'zustand';
import { useT } from '../../../state/language.ts';
import { Button, ProgressBar, Spinner } from '../../../ui/index.ts';
import styles from './writing.module.css';
import { stopWriting, writingStore } from './writing-run.ts';

export function WritingBar(): ReactElement | null {
  const t = useT();
  const run = useStore(writingStore, (state) => state.run);
  if (run === null) return null;
  const { task, done, lineIds, waiting, drafted } = run;
  const count = lineIds.length;
  const doing = task === 'draft' ? t('writing.doing_draft', { done }) : t(`writing.doing_${task}`, { done, count });
  return (
    <section className={styles.bar} aria-label={t('writing.title')} data-writing={task}>
      <div className={styles.head}>
        <Spinner />
        <p role="status">{waiting ? t('writing.waiting') : doing}</p>
        {count > 1 && <ProgressBar label={doing} value={done / count} />}
        <span className={styles.spring} />
        <Button icon={Square} onClick={stopWriting} title={t('writing.stopHint')}>
          {t('writing.stop')}
        </Button>
      </div>
      {drafted.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard.
        <ol className={styles.drafted} aria-label={t('writing.drafted')} tabIndex={0}>
          {drafted.map((text, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines only come at the end.
            <li key={index}>{text}</li>
          ))}
        </ol>
      )}
    </section>
  );
}

/** In the place of a line's text while it is being written anew. */
export function WrittenText({ id, number }: { id: string; number: number }): ReactElement {
  const t = useT();
  const text = useStore(writingStore, ({ run }) => run?.texts[id] ?? '');
  return (
    <p className={styles.written} title={t('writing.writing')} data-written>
      <span className="visually-hidden">{t('writing.inLine', { number })}</span>
      {text}
      <span className={styles.caret} aria-hidden />
    </p>
  );
}

/** Whether the line's text is shown as it is being written: from its first word on. */
export const useIsWritten = (id: string): boolean => useStore(writingStore, ({ run }) => run?.texts[id] !== undefined);
