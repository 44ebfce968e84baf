import { Copy, Ellipsis, FileDown, FileWarning, Film, PackageOpen, Pencil, RotateCcw, Trash2 } from 'lucide-react';
import { type ReactElement, type ReactNode, useState } from 'react';
import type { ProjectSummary } from '../../../app/contract/projects.ts';
import { errorText } from '../../bridge/errors.ts';
import { mediaUrl, rpc } from '../../bridge/index.ts';
import { useLanguage } from '../../state/language.ts';
import { showErrorToast } from '../../state/show-error.ts';
import { hashOf } from '../../state/ui-store.ts';
import { Badge, ContextMenu, cx, IconButton, Menu, type MenuEntry, TextField } from '../../ui/index.ts';
import { saveBundle, saveDocument } from './project-files.ts';
import { duplicate, LONGEST_NAME, restore, throwAway } from './project-operations.ts';
import styles from './projects.module.css';

interface CardProps {
  project: ProjectSummary;
  asList: boolean;
  renaming: boolean;
  onRename: (on: boolean) => void;
  /** Before it is gone: where the focus goes instead. */
  onLeave: () => void;
  onPurge: () => void;
}

/** Whatever fails is told. */
const doing = (work: Promise<unknown>): void => void work.catch(showErrorToast);

export function ProjectCard({ project, asList, renaming, onRename, onLeave, onPurge }: CardProps): ReactElement {
  const { t, format } = useLanguage();
  const { id, name, problem, trashedAtMs, updatedAtMs, lines } = project;
  const trashed = trashedAtMs !== null;
  const remove = (): void => {
    onLeave();
    doing(throwAway(project));
  };
  const rescue: MenuEntry[] = [
    { label: t('projects.saveDocument'), icon: FileDown, onSelect: () => doing(saveDocument(project)) },
  ];
  const toTrash: MenuEntry = {
    label: t('projects.throwAway'),
    icon: Trash2,
    shortcut: 'Delete',
    danger: true,
    onSelect: remove,
  };
  const entries: MenuEntry[] = trashed
    ? [
        { label: t('projects.restore'), icon: RotateCcw, onSelect: () => doing(restore(project)) },
        ...(problem === null ? [] : rescue),
        'separator',
        { label: t('projects.purge'), icon: Trash2, shortcut: 'Delete', danger: true, onSelect: onPurge },
      ]
    : problem !== null
      ? [...rescue, 'separator', toTrash]
      : [
          { label: t('ui.rename'), icon: Pencil, shortcut: 'F2', onSelect: () => setTimeout(() => onRename(true)) },
          { label: t('projects.duplicate'), icon: Copy, onSelect: () => doing(duplicate(project)) },
          { label: t('projects.exportBundle'), icon: PackageOpen, onSelect: () => doing(saveBundle(project)) },
          'separator',
          toTrash,
        ];

  const rename = (next: string): void => {
    const wanted = next.trim();
    if (wanted !== '' && wanted !== name) doing(rpc.projects.rename({ id, name: wanted.slice(0, LONGEST_NAME) }));
  };
  const facts = trashed
    ? t('projects.thrownAwayAgo', { when: format.ago(trashedAtMs) })
    : `${t('projects.lines', { count: lines })} · ${format.ago(updatedAtMs)}`;
  const nameShown = renaming ? (
    <TextField
      bare
      label={t('projects.nameOf', { name })}
      value={name}
      maxLength={LONGEST_NAME}
      autoFocus
      onFocus={(event) => event.currentTarget.select()}
      onCommit={rename}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (!event.nativeEvent.isComposing && (event.key === 'Enter' || event.key === 'Escape'))
          setTimeout(() => onRename(false));
      }}
      onBlurCapture={() => setTimeout(() => onRename(false))}
    />
  ) : (
    <span className={styles.name} title={name}>
      {name}
    </span>
  );
  const inside = (
    <>
      <Thumbnail project={project} />
      {nameShown}
      {problem === null ? (
        <span className={styles.facts}>{facts}</span>
      ) : (
        <Problem problem={problem} code={problem.code} />
      )}
    </>
  );
  const opens = problem === null && !trashed;
  return (
    <ContextMenu entries={entries}>
      <li className={cx(styles.card, asList && styles.row)}>
        {opens && !renaming ? (
          <a className={styles.open} href={hashOf({ screen: 'workspace', projectId: id })} data-project={id}>
            {inside}
          </a>
        ) : (
          <Still project={id} renaming={renaming}>
            {inside}
          </Still>
        )}
        {trashed && (
          <span className={styles.quick}>
            <IconButton
              small
              tone="normal"
              icon={RotateCcw}
              label={t('projects.restoreNamed', { name })}
              onClick={() => doing(restore(project))}
            />
          </span>
        )}
        <span className={styles.more}>
          <Menu
            align="end"
            entries={entries}
            trigger={<IconButton small tone="normal" icon={Ellipsis} label={t('projects.moreFor', { name })} />}
          />
        </span>
      </li>
    </ContextMenu>
  );
}

/** What cannot be opened can be walked to all the same. */
const Still = (props: { project: string; renaming: boolean; children: ReactNode }): ReactElement =>
  props.renaming ? (
    <div className={styles.open}>{props.children}</div>
  ) : (
    // biome-ignore lint/a11y/useSemanticElements: it stands for a project, with keys of its own; there is nothing to press.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: its keys (restore, delete) need the focus.
    <div className={styles.open} role="group" tabIndex={0} data-project={props.project}>
      {props.children}
    </div>
  );

function Thumbnail({ project: { problem, thumbnail } }: { project: ProjectSummary }): ReactElement {
  const [failed, setFailed] = useState<string | null>(null);
  const none = problem !== null || failed === thumbnail;
  const Icon = problem === null ? Film : FileWarning;
  return (
    <span className={styles.thumbnail}>
      {none ? (
        <Icon aria-hidden />
      ) : (
        <img src={mediaUrl(thumbnail)} alt="" loading="lazy" onError={() => setFailed(thumbnail)} />
      )}
    </span>
  );
}

function Problem({ problem, code }: { problem: unknown; code: string }): ReactElement {
  const { locale, t } = useLanguage();
  const { message, hint } = errorText(problem, locale, t);
  return (
    <span className={styles.problem}>
      <Badge tone="warning">{t(code === 'storage.document-newer' ? 'projects.newer' : 'projects.damaged')}</Badge>
      <span>{message}</span>
      <span>{hint}</span>
    </span>
  );
}
