/** One model: what it is, whether it suits this computer, and what can be done with it. */
import { Download, EllipsisVertical, Wrench } from 'lucide-react';
import type { ReactElement } from 'react';
import type { ModelJob, ModelView } from '../../../app/contract/models.ts';
import { rpc } from '../../bridge/index.ts';
import { useLanguage } from '../../state/language.ts';
import { openDialog } from '../../state/ui-store.ts';
import { Badge, Button, IconButton, Menu, type MenuEntry } from '../../ui/index.ts';
import { Job } from './job.tsx';
import styles from './models.module.css';
import { ask, nameOf, type Question, useModelName } from './models-store.ts';

export function ModelRow({
  view,
  jobs,
  offline,
}: {
  view: ModelView;
  jobs: readonly ModelJob[];
  offline: boolean;
}): ReactElement {
  const { t, locale } = useLanguage();
  const nameIn = useModelName();
  const { entry, status } = view;
  const name = nameIn(entry);
  const model = nameOf(entry);
  const here = status !== 'available';
  const busy = jobs.some(({ phase }) => !['done', 'failed', 'stopped'].includes(phase));
  const question = (kind: 'licence' | 'trial' | 'remove'): void =>
    openDialog('models.ask', { kind, view } satisfies Question);
  const get = (): void =>
    entry.licence.commercial ? ask(rpc.models.get({ model, acceptLicence: false })) : question('licence');
  const entries: MenuEntry[] = [
    { label: t('models.use'), onSelect: () => ask(rpc.models.use({ model, percent: null })), disabled: view.chosen },
    { label: t('models.tryOut'), onSelect: () => question('trial'), disabled: view.chosen },
    'separator',
    { label: t('models.verify'), onSelect: () => ask(rpc.models.verify({ model })) },
    { label: t('models.remove'), onSelect: () => question('remove'), danger: true },
  ];
  return (
    <li className={styles.model} data-model={`${entry.id}@${entry.version}`}>
      <div className={styles.modelText}>
        <p className={styles.modelName}>
          <span>{name}</span> <span className={styles.quiet}>{entry.version}</span> <State view={view} />
          {!entry.licence.commercial && <Badge tone="warning">{t('models.nonCommercial')}</Badge>}
        </p>
        <p>{locale === 'zh-CN' ? entry.notes.zh : entry.notes.en}</p>
        <Facts view={view} />
        {jobs.map((job) => (
          <Job key={job.id} job={job} title={name} />
        ))}
      </div>
      <div className={styles.modelTools}>
        {status === 'available' && (
          <Button
            icon={Download}
            disabled={offline || busy || entry.files.some(({ sources }) => sources.length === 0)}
            aria-label={t('models.getOf', { name: `${name} ${entry.version}` })}
            onClick={get}
          >
            {t('models.get')}
          </Button>
        )}
        {status === 'damaged' && (
          <Button
            icon={Wrench}
            disabled={offline || busy}
            aria-label={t('models.repairOf', { name: `${name} ${entry.version}` })}
            onClick={() => ask(rpc.models.repair({ model }))}
          >
            {t('models.repair')}
          </Button>
        )}
        {here && (
          <Menu
            entries={entries}
            align="end"
            trigger={
              <IconButton icon={EllipsisVertical} label={t('models.more', { name: `${name} ${entry.version}` })} />
            }
          />
        )}
      </div>
    </li>
  );
}

function State({ view: { status, chosen, trial } }: { view: ModelView }): ReactElement | null {
  const { t, format } = useLanguage();
  if (trial !== null)
    return <Badge tone="info">{t('models.onTrial', { percent: format.percent(trial.percent / 100) })}</Badge>;
  if (status === 'damaged') return <Badge tone="error">{t('models.damaged')}</Badge>;
  if (chosen) return <Badge tone="success">{t('models.inUse')}</Badge>;
  return status === 'installed' ? <Badge>{t('models.installed')}</Badge> : null;
}

function Facts({ view }: { view: ModelView }): ReactElement {
  const { t, format } = useLanguage();
  const { entry, bytes, fit, tokensPerS, trust, trial } = view;
  const ms = (value: number | null): string =>
    value === null ? t('models.unknownMs') : format.number(Math.round(value));
  return (
    <p className={styles.facts}>
      <span data-fit={fit}>{t(`models.fit_${fit}`)}</span>
      <span>{bytes === null ? t('models.unknownBytes') : format.bytes(bytes)}</span>
      <span>{t('models.memory', { bytes: format.bytes(entry.memoryBytes) })}</span>
      {tokensPerS !== null && <span>{t('models.speed', { count: format.number(Math.round(tokensPerS)) })}</span>}
      <span>{t('models.licence', { name: entry.licence.name })}</span>
      {trust !== null && <span>{t(`models.trust_${trust}`)}</span>}
      {trial !== null && (
        <span>
          {t('models.trialFigures', {
            ...{ uses: trial.trial.uses, failures: trial.trial.failures },
            ...{ ms: ms(trial.trial.medianMs), otherMs: ms(trial.standing.medianMs) },
          })}
        </span>
      )}
    </p>
  );
}
