import { AudioLines, Clapperboard, FileX, Film, SearchX } from 'lucide-react';
import { type KeyboardEvent, type ReactElement, useDeferredValue, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { Work } from '../../../app/contract/library.ts';
import { OUTPUT_FORMATS, type OutputFormat } from '../../../app/document/output.ts';
import { mediaUrl, rpc } from '../../bridge/index.ts';
import { useFormat, useLanguage, useT } from '../../state/language.ts';
import { navigate, setLayout, uiStore } from '../../state/ui-store.ts';
import { useFollowed } from '../../state/use-followed.ts';
import { Badge, Button, cx, EmptyState, SearchField, Select, Spinner } from '../../ui/index.ts';
import { neighbour } from '../projects/grid-keys.ts';
import styles from './library.module.css';
import { libraryStore, selectWork } from './library-store.ts';
import { doing, removeWork } from './work-operations.ts';
import { WorkPane } from './work-pane.tsx';

const watch = (signal: AbortSignal) => rpc.library.watch({}, { signal });

const SORTS = ['latest', 'name', 'longest', 'largest'] as const;
type Sort = (typeof SORTS)[number];
type Filter = 'all' | OutputFormat;

const bytesOf = ({ files }: Work): number => files.reduce((sum, { bytes }) => sum + bytes, 0);
const ORDER: Readonly<Record<Sort, (a: Work, b: Work) => number>> = {
  latest: (a, b) => b.createdAtMs - a.createdAtMs,
  name: (a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }),
  longest: (a, b) => b.durationMs - a.durationMs,
  largest: (a, b) => bytesOf(b) - bytesOf(a),
};

export default function LibraryScreen(): ReactElement {
  const t = useT();
  const works = useFollowed(watch);
  const selected = useStore(libraryStore, (state) => state.selected);
  const sort: Sort = useStore(uiStore, ({ layout }) => SORTS[layout['library.sort'] ?? 0] ?? 'latest');
  const [query, setQuery] = useState('');
  const [kind, setKind] = useState<Filter>('all');
  const wanted = useDeferredValue(query);
  const shown = useMemo(() => {
    const words = wanted.trim().toLowerCase().split(/\s+/);
    return (works ?? [])
      .filter(({ format }) => kind === 'all' || format === kind)
      .filter(({ name, projectName }) => {
        const text = `${name} ${projectName}`.toLowerCase();
        return words.every((word) => text.includes(word));
      })
      .sort(ORDER[sort]);
  }, [works, kind, wanted, sort]);
  const current = shown.find(({ id }) => id === selected) ?? shown[0];

  if (works === null || works.length === 0) {
    return (
      <div className={styles.page}>
        <header className={styles.head}>
          <h1>{t('library.title')}</h1>
        </header>
        {works === null ? (
          <p className={styles.waiting}>
            <Spinner label={t('shell.loading')} />
          </p>
        ) : (
          <EmptyState icon={Clapperboard} title={t('library.empty')} text={t('library.emptyText')}>
            <Button tone="primary" onClick={() => navigate({ screen: 'projects' })}>
              {t('library.toProjects')}
            </Button>
          </EmptyState>
        )}
      </div>
    );
  }
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <h1>{t('library.title')}</h1>
        <span className={styles.spring} />
        <div className={styles.search}>
          <SearchField label={t('library.search')} value={query} onChange={setQuery} />
        </div>
        <div className={styles.choice}>
          <Select
            bare
            label={t('library.kind')}
            value={kind}
            onChange={setKind}
            options={(['all', ...OUTPUT_FORMATS] as const).map((value) => ({
              value,
              label: t.any(`library.kind_${value}`),
            }))}
          />
        </div>
        <div className={styles.choice}>
          <Select
            bare
            label={t('library.sort')}
            value={sort}
            onChange={(next) => setLayout('library.sort', SORTS.indexOf(next))}
            options={SORTS.map((value) => ({ value, label: t.any(`library.sort_${value}`) }))}
          />
        </div>
      </header>
      {current === undefined ? (
        <EmptyState icon={SearchX} title={t('library.notFound')} text={t('library.notFoundText')}>
          <Button
            onClick={() => {
              setQuery('');
              setKind('all');
            }}
          >
            {t('library.showAll')}
          </Button>
        </EmptyState>
      ) : (
        <div className={styles.split}>
          <Works works={shown} current={current} />
          <WorkPane key={current.id} work={current} />
        </div>
      )}
    </div>
  );
}

/** A list to choose from: the arrows walk, Delete takes away. */
function Works({ works, current }: { works: readonly Work[]; current: Work }): ReactElement {
  const t = useT();
  const list = useRef<HTMLUListElement>(null);
  const onKeyDown = (event: KeyboardEvent): void => {
    const all = [...(list.current?.querySelectorAll<HTMLElement>('[data-work]') ?? [])];
    const at = all.find((element) => element === event.target);
    if (at === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key.startsWith('Arrow')) {
      const next = neighbour(all, at, event.key);
      next?.focus();
      if (next?.dataset.work !== undefined) selectWork(next.dataset.work);
    } else if (event.key === 'Delete') doing(removeWork(current));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <ul ref={list} className={styles.works} aria-label={t('library.title')} onKeyDown={onKeyDown}>
      {works.map((work) => (
        <li key={work.id}>
          <button
            type="button"
            data-work={work.id}
            className={cx(styles.work, work.id === current.id && styles.workOn)}
            aria-pressed={work.id === current.id}
            onClick={() => selectWork(work.id)}
          >
            <Poster work={work} />
            <span className={styles.name} title={work.name}>
              {work.name}
            </span>
            <Facts work={work} />
          </button>
        </li>
      ))}
    </ul>
  );
}

function Poster({ work: { thumbnail, format, missing, durationMs } }: { work: Work }): ReactElement {
  const { t, format: write } = useLanguage();
  const [failed, setFailed] = useState(false);
  const Icon = missing ? FileX : format === 'wav' ? AudioLines : Film;
  return (
    <span className={styles.poster} data-alpha={format === 'webm' || undefined}>
      {thumbnail === null || failed || missing ? (
        <Icon aria-hidden />
      ) : (
        <img src={mediaUrl(thumbnail)} alt="" loading="lazy" onError={() => setFailed(true)} />
      )}
      {missing ? (
        <span className={styles.onPoster}>
          <Badge tone="warning">{t('library.missing')}</Badge>
        </span>
      ) : (
        <span className={styles.length}>{write.clock(durationMs)}</span>
      )}
    </span>
  );
}

function Facts({ work }: { work: Work }): ReactElement {
  const t = useT();
  const format = useFormat();
  return (
    <span className={styles.facts}>
      {work.format.toUpperCase()}
      {work.widthPx > 0 && ` · ${t('library.size', { width: String(work.widthPx), height: String(work.heightPx) })}`}
      {` · ${format.bytes(bytesOf(work))} · ${format.ago(work.createdAtMs)}`}
    </span>
  );
}
