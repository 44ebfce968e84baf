/** By what right the portrait is shown: the record, and what is the matter with it. */
import { FileCheck2, Pencil, ShieldAlert, ShieldCheck } from 'lucide-react';
import type { ReactElement } from 'react';
import { type Consent, type ConsentState, consentState, dayOf } from '../../../../app/document/consent.ts';
import { assetUrl } from '../../../bridge/index.ts';
import { useFormat, useT } from '../../../state/language.ts';
import { useDocument } from '../../../state/project.ts';
import { openDialog } from '../../../state/ui-store.ts';
import { Badge, Button, IconButton, Section, type Tone } from '../../../ui/index.ts';
import { likenessOf } from '../adopt.ts';
import type { Examination } from '../examination.ts';
import styles from './consent.module.css';

const TONES: Readonly<Record<ConsentState, Tone>> = {
  'not-needed': 'info',
  given: 'success',
  missing: 'warning',
  expired: 'error',
  'not-yet': 'warning',
};

/** Of a day without a time zone. */
export const useDay = (): ((day: string) => string) => {
  const format = useFormat();
  return (day) => format.date(new Date(`${day}T12:00:00`).getTime());
};

export function ConsentSection({ examination }: { examination: Examination }): ReactElement | null {
  const t = useT();
  const portrait = useDocument(({ avatar }) => avatar.portrait);
  const consent = useDocument(({ avatar }) => avatar.consent);
  const state = consentState({ portrait, consent }, dayOf(new Date()));
  if (state === 'not-needed') return null;
  const face = examination.state === 'seen' ? examination.face : null;
  const likenessKey = likenessOf(portrait, face?.likenessKey ?? null);
  const record = (): void => openDialog('portrait.consent', { likenessKey, consent });
  return (
    <Section
      id="portrait.consent"
      title={t('portrait.consent')}
      tools={
        <>
          <Badge tone={TONES[state]}>{t(`portrait.consent-${state}`)}</Badge>
          {consent !== null && <IconButton small icon={Pencil} label={t('portrait.consentEdit')} onClick={record} />}
        </>
      }
    >
      {consent !== null && <Record consent={consent} />}
      {state !== 'given' && (
        <div className={styles.warning} data-state={state} role="status">
          <ShieldAlert aria-hidden />
          <p>{t(`portrait.consentText-${state}`)}</p>
          <Button icon={ShieldCheck} onClick={record}>
            {t(state === 'missing' ? 'portrait.consentRecord' : 'portrait.consentRenew')}
          </Button>
        </div>
      )}
    </Section>
  );
}

function Record({ consent }: { consent: Consent }): ReactElement {
  const t = useT();
  const day = useDay();
  const rows: [string, string][] = [
    [t('portrait.consentWho'), consent.person],
    [t('portrait.consentScope'), consent.scope],
    [
      t('portrait.consentPeriod'),
      consent.expiresOn === null
        ? t('portrait.consentFrom', { day: day(consent.grantedOn) })
        : t('portrait.consentFromTo', { from: day(consent.grantedOn), to: day(consent.expiresOn) }),
    ],
  ];
  return (
    <dl className={styles.record}>
      {rows.map(([term, text]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd className="selectable">{text}</dd>
        </div>
      ))}
      {consent.evidence !== null && (
        <div>
          <dt>{t('portrait.consentEvidence')}</dt>
          <dd>
            <a
              className={styles.evidence}
              href={`${assetUrl(consent.evidence)}?download=1`}
              download={consent.evidence.fileName}
            >
              <FileCheck2 aria-hidden />
              {consent.evidence.fileName}
            </a>
          </dd>
        </div>
      )}
    </dl>
  );
}
