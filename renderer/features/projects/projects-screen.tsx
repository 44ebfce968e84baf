import { FileInput, FilePlus, FolderOpen, LayoutGrid, List, SearchX, Trash2 } from 'lucide-react';
import { type KeyboardEvent, type ReactElement, useDeferredValue, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { ProjectSummary } from '../../../app/contract/projects.ts';
import { runAction, useAction } from '../../actions/registry.ts';
import { rpc } from '../../bridge/index.ts';
import { useFormat, useT } from '../../state/language.ts';
import { showErrorToast } from '../../state/show-error.ts';
import { setLayout, uiStore } from '../../state/ui-store.ts';
import { useFollowed } from '../../state/use-followed.ts';
import { Button, cx, Dialog, DropZone, EmptyState, SearchField, Segments, Select, Spinner } from '../../ui/index.ts';
import { neighbour } from './grid-keys.ts';
import { ProjectCard } from './project-card.tsx';
import { importFile } from './project-files.ts';
import { throwAway } from './project-operations.ts';
import styles from './projects.module.css';
import { StartChoices } from './start-choices.tsx';

const watch = (signal: AbortSignal) => rpc.projects.watchList({}, { signal });

const SORTS = ['changed', 'created', 'name'] as const;
type Sort = (typeof SORTS)[number];

export default function ProjectsScreen(): ReactElement {
  const t = useT();
  const all = useFollowed(watch);
  const [query, setQuery] = useState('');
  const [inTrash, setInTrash] = useState(false);
  const [purging, setPurging] = useState<readonly ProjectSummary[] | null>(null);
  const asList = useStore(uiStore, ({ layout }) => layout['projects.list'] === 1);
  const sort: Sort = useStore(uiStore, ({ layout }) => SORTS[layout['projects.sort'] ?? 0] ?? 'changed');
  const importing = useAction('project.import');

  const used = useMemo(() => all?.filter(({ trashedAtMs }) => trashedAtMs === null) ?? [], [all]);
  const trash = useMemo(() => all?.filter(({ trashedAtMs }) => trashedAtMs !== null) ?? [], [all]);
  const shownTrash = inTrash && (trash.length > 0 || used.length > 0);
  const wanted = useDeferredValue(query);
  const shown = useMemo(
    () => sorted(found(shownTrash ? trash : used, wanted), shownTrash ? 'trashed' : sort),
    [shownTrash, trash, used, wanted, sort],
  );
  if (all === null) return <Waiting />;

  const first = all.length === 0;
  return (
    <DropZone label={t('projects.dropBundle')} disabled={first} onFiles={(files) => void dropped(files)}>
      <div className={styles.page}>
        <header className={styles.head}>
          <h1>{t('projects.title')}</h1>
          {!first && (
            <>
              <Segments
                bare
                label={t('projects.which')}
                value={shownTrash ? 'trash' : 'used'}
                onChange={(which) => setInTrash(which === 'trash')}
                options={[
                  { value: 'used', label: t('projects.inUse', { count: used.length }) },
                  { value: 'trash', label: t('projects.trash', { count: trash.length }), icon: Trash2 },
                ]}
              />
              <span className={styles.spring} />
              <div className={styles.search}>
                <SearchField label={t('projects.search')} value={query} onChange={setQuery} />
              </div>
              <div className={styles.sort}>
                <Select
                  bare
                  label={t('projects.sort')}
                  value={sort}
                  onChange={(next) => setLayout('projects.sort', SORTS.indexOf(next))}
                  options={SORTS.map((value) => ({ value, label: t.any(`projects.sort_${value}`) }))}
                />
              </div>
              <Segments
                bare
                iconsOnly
                label={t('projects.look')}
                value={asList ? 'list' : 'grid'}
                onChange={(look) => setLayout('projects.list', look === 'list' ? 1 : 0)}
                options={[
                  { value: 'grid', label: t('projects.grid'), icon: LayoutGrid },
                  { value: 'list', label: t('projects.list'), icon: List },
                ]}
              />
            </>
          )}
          {first && <span className={styles.spring} />}
          {shownTrash ? (
            <Button icon={Trash2} disabled={trash.length === 0} onClick={() => setPurging(trash)}>
              {t('projects.emptyTrash')}
            </Button>
          ) : (
            !first && (
              <>
                <Button icon={FileInput} onClick={importing.run}>
                  {t('projects.importShort')}
                </Button>
                <Button tone="primary" icon={FilePlus} onClick={() => runAction('project.new')}>
                  {t('projects.new')}
                </Button>
              </>
            )
          )}
        </header>
        {first ? (
          <section className={styles.first} aria-label={t('projects.firstTitle')}>
            <h2>{t('projects.firstTitle')}</h2>
            <p>{t('projects.firstText')}</p>
            <StartChoices onImport={importing.run} />
          </section>
        ) : shown.length === 0 ? (
          <Nothing query={wanted} inTrash={shownTrash} />
        ) : (
          <Cards projects={shown} asList={asList} onPurge={(project) => setPurging([project])} />
        )}
      </div>
      {purging !== null && <PurgeDialog projects={purging} onClose={() => setPurging(null)} />}
    </DropZone>
  );
}

async function dropped(files: readonly File[]): Promise<void> {
  for (const file of files) {
    try {
      await importFile(file);
    } catch (error) {
      showErrorToast(error);
    }
  }
}

const found = (projects: readonly ProjectSummary[], query: string): ProjectSummary[] => {
  const words = query.trim().toLowerCase().split(/\s+/);
  return projects.filter(({ name }) => words.every((word) => name.toLowerCase().includes(word)));
};

function sorted(projects: ProjectSummary[], by: Sort | 'trashed'): ProjectSummary[] {
  const order: Record<Sort | 'trashed', (a: ProjectSummary, b: ProjectSummary) => number> = {
    changed: (a, b) => b.updatedAtMs - a.updatedAtMs,
    created: (a, b) => b.createdAtMs - a.createdAtMs,
    name: (a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }),
    trashed: (a, b) => (b.trashedAtMs ?? 0) - (a.trashedAtMs ?? 0),
  };
  return projects.sort(order[by]);
}

function Waiting(): ReactElement {
  const t = useT();
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <h1>{t('projects.title')}</h1>
      </header>
      <p className={styles.waiting}>
        <Spinner label={t('shell.loading')} />
      </p>
    </div>
  );
}

function Nothing({ query, inTrash }: { query: string; inTrash: boolean }): ReactElement {
  const t = useT();
  if (query.trim() !== '')
    return <EmptyState icon={SearchX} title={t('projects.notFound', { query })} text={t('projects.notFoundText')} />;
  if (inTrash) return <EmptyState icon={Trash2} title={t('projects.trashEmpty')} text={t('projects.trashEmptyText')} />;
  return (
    <EmptyState icon={FolderOpen} title={t('projects.noneLeft')} text={t('projects.noneLeftText')}>
      <Button tone="primary" icon={FilePlus} onClick={() => runAction('project.new')}>
        {t('projects.new')}
      </Button>
    </EmptyState>
  );
}

interface CardsProps {
  projects: readonly ProjectSummary[];
  asList: boolean;
  onPurge: (project: ProjectSummary) => void;
}

/** The arrows walk, Enter opens, F2 renames, Delete throws away. */
function Cards({ projects, asList, onPurge }: CardsProps): ReactElement {
  const t = useT();
  const list = useRef<HTMLUListElement>(null);
  const [renaming, setRenaming] = useState<string | null>(null);
  const cardOf = (id: string): HTMLElement | null =>
    list.current?.querySelector<HTMLElement>(`[data-project="${CSS.escape(id)}"]`) ?? null;
  const focusNextTo = (id: string): void => {
    const at = projects.findIndex((project) => project.id === id);
    const next = projects[at + 1] ?? projects[at - 1];
    if (next !== undefined) cardOf(next.id)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const card = (event.target as HTMLElement).closest<HTMLElement>('[data-project]');
    const project = projects.find(({ id }) => id === card?.dataset.project);
    if (card === null || project === undefined || event.target !== card) return;
    const opens = project.trashedAtMs === null && project.problem === null;
    if (event.key.startsWith('Arrow') && !event.altKey && !event.ctrlKey && !event.metaKey) {
      const all = [...(list.current?.querySelectorAll<HTMLElement>('[data-project]') ?? [])];
      neighbour(all, card, event.key)?.focus();
    } else if (event.key === 'F2' && opens) setRenaming(project.id);
    else if (event.key === 'Delete' && project.trashedAtMs !== null) onPurge(project);
    else if (event.key === 'Delete') {
      focusNextTo(project.id);
      void throwAway(project).catch(showErrorToast);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <ul
      ref={list}
      className={cx(styles.cards, asList && styles.rows)}
      aria-label={t('projects.title')}
      onKeyDown={onKeyDown}
    >
      {projects.map((project) => (
        <ProjectCard
          key={project.id}
          project={project}
          asList={asList}
          renaming={renaming === project.id}
          onRename={(on) => {
            setRenaming(on ? project.id : null);
            if (!on) setTimeout(() => cardOf(project.id)?.focus());
          }}
          onLeave={() => focusNextTo(project.id)}
          onPurge={() => onPurge(project)}
        />
      ))}
    </ul>
  );
}

/** The only thing here that cannot be taken back asks first. */
function PurgeDialog(props: { projects: readonly ProjectSummary[]; onClose: () => void }): ReactElement {
  const t = useT();
  const format = useFormat();
  const { projects, onClose } = props;
  const purge = async (): Promise<void> => {
    onClose();
    try {
      for (const { id } of projects) await rpc.projects.purge({ id });
    } catch (error) {
      showErrorToast(error);
    }
  };
  return (
    <Dialog
      title={t('projects.purgeTitle')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button tone="danger" onClick={() => void purge()}>
            {t('projects.purge')}
          </Button>
        </>
      }
    >
      <p>{t('projects.purgeText', { count: projects.length })}</p>
      <ul className={styles.purged}>
        {projects.slice(0, 8).map(({ id, name, updatedAtMs }) => (
          <li key={id}>
            <span>{name}</span>
            <span>{format.date(updatedAtMs)}</span>
          </li>
        ))}
      </ul>
      {projects.length > 8 && <p>{t('projects.andMore', { count: projects.length - 8 })}</p>}
    </Dialog>
  );
}
