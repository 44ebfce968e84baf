/** How it goes: who is on duty and why, what it cost today, and what happened. */
import type { ReactElement } from 'react';
import type { ProviderEvent, ProviderStatus } from '../../../app/contract/providers.ts';
import { useLanguage } from '../../state/language.ts';
import { setLayout } from '../../state/ui-store.ts';
import { Button, ToneIcon } from '../../ui/index.ts';
import { showSettings } from '../settings/settings-store.ts';
import type { ProviderWords } from './provider-words.ts';
import styles from './providers.module.css';

interface Props {
  status: ProviderStatus;
  words: ProviderWords;
}

export function Now({ status, words }: Props): ReactElement {
  const { t } = useLanguage();
  return (
    <section aria-labelledby="providers-now">
      <h3 id="providers-now">{t('providers.now')}</h3>
      {status.onDuty.length === 0 ? (
        <p className={styles.quiet}>{t('providers.nowNobody')}</p>
      ) : (
        <ul className={styles.duty} aria-live="polite">
          {status.onDuty.map((duty) => (
            <li key={duty.stage}>
              <ToneIcon tone={duty.error === null ? 'success' : 'warning'} />
              <span>{words.duty(duty)}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

export function Cost({ status, words }: Props): ReactElement {
  const { t } = useLanguage();
  const { cost, spentYuan, budgetYuan, stopped } = status;
  const share = budgetYuan === null || budgetYuan === 0 ? (stopped ? 1 : 0) : Math.min(1, spentYuan / budgetYuan);
  const spent = words.yuan(spentYuan);
  return (
    <section aria-labelledby="providers-cost">
      <div className={styles.costHead}>
        <h3 id="providers-cost">{t('providers.cost')}</h3>
        <span>
          {budgetYuan === null
            ? t('providers.costNoBudget', { spent })
            : t('providers.costOf', { spent, budget: words.yuan(budgetYuan) })}
        </span>
      </div>
      {budgetYuan !== null && (
        <meter
          className={styles.meter}
          aria-label={t('providers.costMeter')}
          data-level={stopped ? 'stopped' : share > 0.8 ? 'high' : 'fine'}
          min={0}
          max={1}
          value={share}
        />
      )}
      {stopped && (
        <div className={styles.stopped} role="alert">
          <p>{t('providers.costStopped')}</p>
          <Button onClick={goToBudget}>{t('providers.costRaise')}</Button>
        </div>
      )}
      {cost.length > 0 && (
        <dl className={styles.costs}>
          {cost.map(({ provider, yuan }) => (
            <div key={provider}>
              <dt>{words.name(provider)}</dt>
              <dd>{words.yuan(yuan)}</dd>
            </div>
          ))}
        </dl>
      )}
      <p className={styles.quiet}>{t('providers.costNote')}</p>
    </section>
  );
}

function goToBudget(): void {
  const find = (): HTMLInputElement | null => document.querySelector('[data-field="policy.dailyBudgetYuan"] input');
  showSettings('providers');
  setLayout('section.providers.policy', 1);
  requestAnimationFrame(() => {
    find()?.scrollIntoView({ block: 'center' });
    find()?.focus();
  });
}

/** Several may happen in one millisecond. */
function numbered(events: readonly ProviderEvent[]): [string, ProviderEvent][] {
  const seen = new Map<string, number>();
  return events
    .toReversed()
    .map((event): [string, ProviderEvent] => {
      const name = `${event.atMs} ${event.stage} ${event.type}`;
      const times = (seen.get(name) ?? 0) + 1;
      seen.set(name, times);
      return [`${name} ${times}`, event];
    })
    .reverse();
}

const TONES: Readonly<Record<ProviderEvent['type'], 'info' | 'warning' | 'error' | 'success'>> = {
  ...{
    served: 'success',
    failed: 'error',
    switched: 'warning',
    circuit: 'info',
    budget: 'warning',
    cache: 'info',
    withheld: 'warning',
  },
};

export function EventLog({ status, words }: Props): ReactElement {
  const { t } = useLanguage();
  return (
    <section className={styles.logPart} aria-labelledby="providers-log">
      <h3 id="providers-log">{t('providers.log')}</h3>
      {status.events.length === 0 ? (
        <p className={styles.quiet}>{t('providers.logEmpty')}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard.
        <ol className={styles.log} tabIndex={0} aria-labelledby="providers-log">
          {numbered(status.events).map(([key, event]) => (
            <li key={key} data-tone={TONES[event.type]}>
              <time dateTime={new Date(event.atMs).toISOString()}>{words.time(event.atMs)}</time>
              <span>{words.event(event)}</span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
