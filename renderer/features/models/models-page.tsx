/** A page of the settings: the models of this machine, and what it can carry. */
import { PackageOpen, PackagePlus, Undo2 } from 'lucide-react';
import type { ReactElement } from 'react';
import type { ModelOverview } from '../../../app/contract/models.ts';
import { MODEL_TASKS } from '../../../app/models/manifest.ts';
import { rpc } from '../../bridge/index.ts';
import { useLanguage } from '../../state/language.ts';
import { showErrorToast } from '../../state/show-error.ts';
import { showToast } from '../../state/toasts.ts';
import { openDialog } from '../../state/ui-store.ts';
import { Button, ErrorBox, IconButton, Section, Select, Spinner } from '../../ui/index.ts';
import { Job } from './job.tsx';
import { ModelRow } from './model-row.tsx';
import styles from './models.module.css';
import { ask, isSame, type Question, useModelName, useModels } from './models-store.ts';

const LIMITS = ['none', '500000', '2000000', '10000000'] as const;

export default function ModelsPage(): ReactElement {
  const { t } = useLanguage();
  const nameOf = useModelName();
  const overview = useModels();
  if (overview === null) return <Spinner label={t('settings.models')} />;
  const { models, jobs, offline, canRollBack, manifestError } = overview;
  const here = models.filter(({ status }) => status !== 'available');
  const rollBack = (task: (typeof canRollBack)[number]): void =>
    void rpc.models.rollBack({ task }).then((back) => {
      const entry = models.find((view) => isSame(view.entry, back))?.entry;
      showToast({
        tone: 'success',
        message: t('models.rolledBack', { name: entry === undefined ? back.id : nameOf(entry) }),
      });
    }, showErrorToast);
  return (
    <div className={styles.page}>
      <div className={styles.columns}>
        <div className={styles.main}>
          <p className={styles.quiet}>{t('models.intro')}</p>
          {offline && <p role="status">{t('models.offline')}</p>}
          {manifestError !== null && <ErrorBox error={manifestError} />}
          <div className={styles.tools}>
            <Button icon={PackagePlus} onClick={() => openDialog('models.ask', { kind: 'import' } satisfies Question)}>
              {t('models.import')}
            </Button>
            <Button
              icon={PackageOpen}
              disabled={here.length === 0}
              onClick={() => openDialog('models.ask', { kind: 'bundle', views: here } satisfies Question)}
            >
              {t('models.bundle')}
            </Button>
          </div>
          {jobs
            .filter(({ model }) => model === null)
            .map((job) => {
              const title = t(job.kind === 'import' ? 'models.job_import' : 'models.job_bundle');
              return (
                <section key={job.id} aria-label={title}>
                  <Job job={job} title={title} />
                </section>
              );
            })}
          {MODEL_TASKS.filter((task) => models.some(({ entry }) => entry.task === task)).map((task) => (
            <Section
              key={task}
              id={`models.${task}`}
              title={t(`models.task_${task}`)}
              tools={
                canRollBack.includes(task) && (
                  <IconButton
                    small
                    icon={Undo2}
                    label={t('models.rollBackOf', { task: t(`models.task_${task}`) })}
                    onClick={() => rollBack(task)}
                  />
                )
              }
            >
              <ul className={styles.models}>
                {models
                  .filter(({ entry }) => entry.task === task)
                  .map((view) => (
                    <ModelRow
                      key={`${view.entry.id}@${view.entry.version}`}
                      view={view}
                      offline={offline}
                      jobs={jobs.filter(({ model }) => model !== null && isSame(model, view.entry))}
                    />
                  ))}
              </ul>
            </Section>
          ))}
        </div>
        <aside className={styles.aside} aria-label={t('models.machine')}>
          <Machine overview={overview} />
          <Limit bytesPerS={overview.maxBytesPerS} />
          <Trials overview={overview} />
        </aside>
      </div>
    </div>
  );
}

function Machine({ overview: { machine, diskBytes, folder } }: { overview: ModelOverview }): ReactElement {
  const { t, format } = useLanguage();
  const free = machine.freeDiskBytes;
  const rows: [string, string][] = [
    [
      t('models.disk'),
      `${format.bytes(diskBytes)}${free === null ? '' : ` · ${t('models.diskFree', { bytes: format.bytes(free) })}`}`,
    ],
    [
      t('models.memoryNow'),
      t('models.memoryFree', {
        free: format.bytes(machine.freeMemoryBytes),
        all: format.bytes(machine.memoryBytes),
      }),
    ],
    [t('models.cores'), format.number(machine.cores)],
    [t('models.reads'), t('models.perSecond', { bytes: format.bytes(machine.readBytesPerS) })],
    [t('models.folder'), folder],
  ];
  return (
    <section>
      <h3>{t('models.machine')}</h3>
      <dl className={styles.machine}>
        {rows.map(([what, value]) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd className="selectable">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Limit({ bytesPerS }: { bytesPerS: number | null }): ReactElement {
  const { t, format } = useLanguage();
  const value = bytesPerS === null ? 'none' : String(bytesPerS);
  const known = (LIMITS as readonly string[]).includes(value);
  const other = known ? [] : [{ value, label: t('models.limitOther', { bytes: format.bytes(bytesPerS ?? 0) }) }];
  return (
    <Select
      stacked
      label={t('models.limit')}
      value={value}
      options={[...LIMITS.map((each) => ({ value: each as string, label: t(`models.limit_${each}`) })), ...other]}
      onChange={(next) => ask(rpc.models.limitBandwidth({ bytesPerS: next === 'none' ? null : Number(next) }))}
    />
  );
}

function Trials({ overview: { outcomes, models } }: { overview: ModelOverview }): ReactElement | null {
  const { t, locale, format } = useLanguage();
  const nameOf = useModelName();
  if (outcomes.length === 0) return null;
  return (
    <section>
      <h3>{t('models.trials')}</h3>
      <ul className={styles.outcomes}>
        {outcomes.map(({ model, atMs, passed, detail, detailZh }) => {
          const entry = models.find((view) => isSame(view.entry, model))?.entry;
          const name = `${entry === undefined ? model.id : nameOf(entry)} ${model.version}`;
          const why = locale === 'zh-CN' ? detailZh : detail;
          return (
            <li key={`${model.id}@${model.version}`}>
              <time dateTime={new Date(atMs).toISOString()}>{format.dateTime(atMs)}</time>{' '}
              {t(passed ? 'models.trialPassed' : 'models.trialFailed', { name, detail: why })}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
