/** A voice after a person's own: the consent in their own words first, then the sample, then the service makes it. */
import { ArrowLeft, MicVocal } from 'lucide-react';
import { type ReactElement, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { AssetRef } from '../../../../app/document/asset.ts';
import { dayOf } from '../../../../app/document/consent.ts';
import { voiceConsentSchema, voiceConsentState } from '../../../../app/document/voice-consent.ts';
import { voiceConsentSentence } from '../../../../app/i18n/consent.ts';
import { rpc } from '../../../bridge/index.ts';
import type { MessageKey } from '../../../i18n/index.ts';
import { useLanguage } from '../../../state/language.ts';
import { closeDialog } from '../../../state/ui-store.ts';
import { Button, Dialog, ErrorBox, Field, Select, TextArea, TextField } from '../../../ui/index.ts';
import { useExamined } from '../record/examined.ts';
import styles from './own.module.css';
import { addOwnVoice, ownVoicesStore } from './own-voices-store.ts';
import { RecordedSound } from './recorded-sound.tsx';
import { type CloningService, SERVICES, serviceName } from './services.ts';

const TERMS = [1, 2, 5] as const;
/** Of the sample: fewer and the voice is poor; more no service takes. */
const SHORT_MS = 10_000;
const LONG_MS = 60_000;
const NEW = 'new';

const yearsAfter = (day: string, years: number): string => {
  const date = new Date(`${day}T12:00:00`);
  date.setFullYear(date.getFullYear() + years);
  date.setDate(date.getDate() - 1);
  return dayOf(date);
};

export function NewVoice({ onBack }: { onBack: () => void }): ReactElement {
  const { t, locale, format } = useLanguage();
  const today = dayOf(new Date());
  const all = useStore(ownVoicesStore, (state) => state.consents);
  const consents = useMemo(() => all.filter((each) => voiceConsentState(each, today) === 'stands'), [all, today]);
  const [consentId, setConsentId] = useState<string>(NEW);
  const kept = consents.find(({ id }) => id === consentId) ?? null;
  const [person, setPerson] = useState('');
  const [scope, setScope] = useState('');
  const [expiresOn, setExpiresOn] = useState(yearsAfter(today, 1));
  const [evidence, setEvidence] = useState<AssetRef | null>(null);
  const [sample, setSample] = useState<AssetRef | null>(null);
  const [name, setName] = useState('');
  const [provider, setProvider] = useState<CloningService>(SERVICES[0]);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const dayIn = (day: string): string =>
    /^\d{4}-\d{2}-\d{2}$/.test(day) ? format.date(new Date(`${day}T12:00:00`).getTime()) : '';
  const statement = voiceConsentSentence(locale, { person, scope, from: dayIn(today), until: dayIn(expiresOn) });
  const consent = voiceConsentSchema.safeParse({
    ...{ person: person.trim(), scope: scope.trim(), grantedOn: today, expiresOn, evidence, statement },
  });
  const missing = ((): MessageKey | null => {
    if (kept === null) {
      if (person.trim() === '') return 'voice.ownMissingPerson';
      if (scope.trim() === '') return 'voice.ownMissingScope';
      if (dayIn(expiresOn) === '' || expiresOn < today) return 'voice.ownMissingDay';
      if (evidence === null || !consent.success) return 'voice.ownMissingSentence';
    }
    return sample === null ? 'voice.ownMissingSample' : null;
  })();
  const whose = kept?.consent.person ?? person.trim();

  const make = async (): Promise<void> => {
    setTried(true);
    if (missing !== null || sample === null) return;
    setBusy(true);
    setError(null);
    try {
      const record = kept ?? (await rpc.cloning.saveConsent(consent.data!));
      // A second try is made under the record that is kept by now.
      ownVoicesStore.setState({ consents: [record, ...all.filter(({ id }) => id !== record.id)] });
      setConsentId(record.id);
      const voice = await rpc.cloning.enrol({
        ...{ provider, consentId: record.id, audio: sample, name: name.trim() || record.consent.person },
        ...{ model: null, language: locale === 'zh-CN' ? 'zh' : 'en' },
      });
      onBack();
      void addOwnVoice(voice);
    } catch (fault) {
      setError(fault);
      setBusy(false);
    }
  };

  return (
    <Dialog
      title={t('voice.ownMake')}
      size="wide"
      onClose={closeDialog}
      footer={
        <>
          <Button icon={ArrowLeft} disabled={busy} onClick={onBack}>
            {t('voice.ownBack')}
          </Button>
          <Button tone="primary" icon={MicVocal} busy={busy} onClick={() => void make()}>
            {t('voice.ownGo')}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <section className={styles.step} aria-labelledby="own-consent">
          <h3 id="own-consent">{t('voice.ownStepConsent')}</h3>
          {consents.length > 0 && (
            <Select
              label={t('voice.ownRecordOn')}
              stacked
              value={consentId}
              onChange={setConsentId}
              options={[
                { value: NEW, label: t('voice.ownRecordNew') },
                ...consents.map(({ id, consent: each }) => ({
                  value: id,
                  label: each.person,
                  note: t('voice.ownConsent-stands', { day: dayIn(each.expiresOn) }),
                })),
              ]}
            />
          )}
          {kept !== null ? (
            <p className={styles.sentence}>{kept.consent.statement || kept.consent.scope}</p>
          ) : (
            <>
              <div className={styles.pair}>
                <TextField
                  label={t('voice.ownPerson')}
                  stacked
                  value={person}
                  onType={setPerson}
                  onCommit={setPerson}
                  maxLength={200}
                  autoComplete="name"
                  invalid={tried && person.trim() === ''}
                />
                <Field label={t('voice.ownUntil')} stacked>
                  {(ids) => (
                    <span className={styles.day}>
                      <input
                        type="date"
                        {...ids}
                        className={styles.date}
                        value={expiresOn}
                        min={today}
                        required
                        aria-invalid={(tried && expiresOn < today) || undefined}
                        onChange={(event) => setExpiresOn(event.currentTarget.value)}
                      />
                      {TERMS.map((years) => (
                        <Button key={years} tone="quiet" onClick={() => setExpiresOn(yearsAfter(today, years))}>
                          {t('portrait.years', { count: years })}
                        </Button>
                      ))}
                    </span>
                  )}
                </Field>
              </div>
              <TextArea
                label={t('voice.ownScope')}
                value={scope}
                placeholder={t('voice.ownScopeHint')}
                onCommit={setScope}
                onInput={(event) => setScope(event.currentTarget.value)}
                maxLength={2000}
                rows={2}
                aria-invalid={(tried && scope.trim() === '') || undefined}
              />
              <p>{t('voice.ownReadAloud')}</p>
              <blockquote className={styles.sentence} data-sentence>
                {statement}
              </blockquote>
              <RecordedSound name={t('voice.ownSentence')} value={evidence} onChange={setEvidence} />
            </>
          )}
        </section>
        <section className={styles.step} aria-labelledby="own-sample">
          <h3 id="own-sample">{t('voice.ownStepSample')}</h3>
          <p>{t('voice.ownSampleText')}</p>
          <RecordedSound name={t('voice.ownSample')} value={sample} onChange={setSample} />
          {sample !== null && <Length asset={sample} />}
        </section>
        <section className={styles.step} aria-labelledby="own-voice">
          <h3 id="own-voice">{t('voice.ownStepVoice')}</h3>
          <div className={styles.pair}>
            <TextField
              label={t('voice.ownName')}
              stacked
              value={name}
              placeholder={whose}
              onType={setName}
              onCommit={setName}
              maxLength={100}
            />
            <Select
              label={t('voice.ownService')}
              stacked
              value={provider}
              onChange={setProvider}
              options={SERVICES.map((id) => ({ value: id, label: serviceName(id) }))}
            />
          </div>
          <p className={styles.why}>{t('voice.ownSent')}</p>
        </section>
        {tried && missing !== null && (
          <p className={styles.missing} role="alert">
            {t.any(missing)}
          </p>
        )}
        {error !== null && <ErrorBox error={error} />}
      </div>
    </Dialog>
  );
}

function Length({ asset }: { asset: AssetRef }): ReactElement | null {
  const { t } = useLanguage();
  const lengthMs = useExamined(asset).examined?.durationMs;
  if (lengthMs === undefined || (lengthMs >= SHORT_MS && lengthMs <= LONG_MS)) return null;
  return (
    <p className={styles.remark} role="status">
      {t(lengthMs < SHORT_MS ? 'voice.ownShort' : 'voice.ownLong')}
    </p>
  );
}
