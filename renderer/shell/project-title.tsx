import { type ReactElement, useState } from 'react';
import { useT } from '../state/language.ts';
import { editDocument, sealEdit, useProject } from '../state/project.ts';
import { Tooltip } from '../ui/index.ts';
import styles from './shell.module.css';

const LONGEST = 200;

/** The open project's name; a click makes it a field. */
export function ProjectTitle(): ReactElement {
  const t = useT();
  const name = useProject(({ document }) => document?.name);
  const [draft, setDraft] = useState<string | null>(null);
  if (name === undefined) return <h1 className={styles.title}>{t('shell.opening')}</h1>;
  const commit = (): void => {
    const next = draft?.trim() ?? '';
    setDraft(null);
    if (next === '' || next === name) return;
    editDocument('shell.renameProject', (document) => {
      document.name = next;
    });
    sealEdit();
  };
  if (draft !== null) {
    return (
      <>
        <h1 className="visually-hidden">{name}</h1>
        <input
          type="text"
          className={styles.titleField}
          aria-label={t('shell.projectName')}
          maxLength={LONGEST}
          // biome-ignore lint/a11y/noAutofocus: it is what was just clicked.
          autoFocus
          value={draft}
          onFocus={(event) => event.currentTarget.select()}
          onChange={(event) => setDraft(event.currentTarget.value)}
          onBlur={commit}
          onKeyDown={(event) => {
            if (event.nativeEvent.isComposing) return;
            if (event.key === 'Enter') commit();
            if (event.key === 'Escape') setDraft(null);
          }}
        />
      </>
    );
  }
  return (
    <h1 className={styles.title}>
      <Tooltip label={t('shell.renameProject')}>
        <button type="button" className={styles.titleButton} onClick={() => setDraft(name)}>
          {name}
        </button>
      </Tooltip>
    </h1>
  );
}
