/** Whose likeness it is and by what right it is used: asked once for a face, kept for every project that shows it. */
import { Paperclip, Trash2, UserRound, UserRoundX, UsersRound } from 'lucide-react';
import { type ReactElement, type ReactNode, useEffect, useState } from 'react';
import { type Consent, consentSchema, dayOf } from '../../../../app/document/consent.ts';
import { askForFile } from '../../../bridge/files.ts';
import { rpc, upload } from '../../../bridge/index.ts';
import { useT } from '../../../state/language.ts';
import { editDocument, sealEdit } from '../../../state/project.ts';
import { showToast } from '../../../state/toasts.ts';
import { closeDialog, openDialog } from '../../../state/ui-store.ts';
import {
  Button,
  Checkbox,
  Dialog,
  ErrorBox,
  Field,
  IconButton,
  Segments,
  Select,
  TextArea,
  TextField,
} from '../../../ui/index.ts';
import type { NextDialog } from '../adopt.ts';
import styles from './consent.module.css';

/** `nobody`: drawn or generated; there is nobody to ask. */
type Who = 'self' | 'other' | 'nobody';
const SCOPES = ['any', 'course', 'social', 'company'] as const;
const EVIDENCE = 'application/pdf,image/*,audio/*,.pdf,.doc,.docx';
const TERMS = [1, 2, 5] as const;

const yearsAfter = (day: string, years: number): string => {
  const date = new Date(`${day}T12:00:00`);
  date.setFullYear(date.getFullYear() + years);
  date.setDate(date.getDate() - 1);
  return dayOf(date);
};
const isDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text);

interface Asked {
  likenessKey: string;
  consent?: Consent | null;
  next?: NextDialog;
}

export default function ConsentDialog({ argument }: { argument: unknown }): ReactElement {
  const { likenessKey, consent = null, next: then } = argument as Asked;
  const t = useT();
  const today = dayOf(new Date());
  const ended = consent?.expiresOn != null && consent.expiresOn < today;
  const [who, setWho] = useState<Who>(consent === null ? 'self' : (consent.relation ?? 'nobody'));
  const [person, setPerson] = useState(consent?.person ?? '');
  const [scope, setScope] = useState(consent?.scope ?? t('portrait.scope-any'));
  const [grantedOn, setGrantedOn] = useState(ended ? today : (consent?.grantedOn ?? today));
  const [expiresOn, setExpiresOn] = useState(ended ? yearsAfter(today, 1) : (consent?.expiresOn ?? ''));
  const [evidence, setEvidence] = useState(consent?.evidence ?? null);
  const [declared, setDeclared] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [earlier, setEarlier] = useState<readonly Consent[]>([]);
  const [tried, setTried] = useState(false);

  useEffect(() => {
    let wanted = true;
    void rpc.portraits.consents({}).then(
      (list) => wanted && setEarlier(list.filter((own) => own.likenessKey !== likenessKey).map((own) => own.consent)),
      () => {},
    );
    return () => {
      wanted = false;
    };
  }, [likenessKey]);

  const leave = (): void => {
    closeDialog();
    if (then !== undefined) openDialog(then.id, then.argument);
  };
  const statement = t(`portrait.statement-${who}`, { person: who === 'nobody' ? '' : person.trim() || '…' });
  const next = consentSchema.safeParse({
    person: who === 'nobody' ? t('portrait.nobody') : person.trim(),
    ...(who !== 'nobody' && { relation: who }),
    scope: scope.trim(),
    grantedOn,
    expiresOn: who === 'nobody' || expiresOn === '' ? null : expiresOn,
    evidence: who === 'nobody' ? null : evidence,
    statement,
  });
  const wrongOrder = isDay(grantedOn) && isDay(expiresOn) && expiresOn < grantedOn;
  const isReady = next.success && declared;

  const keep = async (): Promise<void> => {
    setTried(true);
    if (!next.success || !declared) return;
    setBusy(true);
    setError(null);
    try {
      const saved = await rpc.portraits.saveConsent({ likenessKey, consent: next.data });
      editDocument('portrait.stepConsent', ({ avatar }) => {
        avatar.consent = saved.consent;
      });
      sealEdit();
      leave();
    } catch (fault) {
      setError(fault);
      setBusy(false);
    }
  };
  const withdraw = async (): Promise<void> => {
    setBusy(true);
    try {
      await rpc.portraits.withdrawConsent({ likenessKey });
      editDocument('portrait.stepWithdraw', ({ avatar }) => {
        avatar.consent = null;
      });
      sealEdit();
      leave();
      showToast({ tone: 'info', message: t('portrait.withdrawn'), hint: t('portrait.withdrawnHint') });
    } catch (fault) {
      setError(fault);
      setBusy(false);
    }
  };
  const attach = async (): Promise<void> => {
    try {
      const file = await askForFile(EVIDENCE);
      if (file !== null) setEvidence(await upload(file));
    } catch (fault) {
      setError(fault);
    }
  };
  const takeOver = (index: number): void => {
    const own = earlier[index]!;
    setWho(own.relation ?? 'nobody');
    setPerson(own.person);
    setScope(own.scope);
    setGrantedOn(own.grantedOn);
    setExpiresOn(own.expiresOn ?? '');
    setEvidence(own.evidence);
  };

  const dayField = (label: string, value: string, set: (day: string) => void, more: object, beside?: ReactNode) => (
    <Field label={label} stacked>
      {(ids) => (
        <span className={styles.day}>
          <input
            type="date"
            {...ids}
            className={styles.date}
            value={value}
            onChange={(event) => set(event.currentTarget.value)}
            {...more}
          />
          {beside}
        </span>
      )}
    </Field>
  );
  return (
    <Dialog
      title={t(consent === null ? 'portrait.consentAsk' : 'portrait.consentEdit')}
      description={t('portrait.consentWhy')}
      size="wide"
      onClose={leave}
      footer={
        <>
          {consent !== null && (
            <Button tone="quiet" icon={Trash2} busy={busy} onClick={() => void withdraw()} className={styles.withdraw}>
              {t('portrait.withdraw')}
            </Button>
          )}
          <Button onClick={leave}>{t(consent === null ? 'portrait.later' : 'ui.cancel')}</Button>
          <Button tone="primary" busy={busy} onClick={() => void keep()}>
            {t('portrait.consentSave')}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <p className={styles.why}>{t('portrait.consentWhy')}</p>
        <Segments
          bare
          label={t('portrait.who')}
          value={who}
          onChange={setWho}
          options={[
            { value: 'self', label: t('portrait.who-self'), icon: UserRound },
            { value: 'other', label: t('portrait.who-other'), icon: UsersRound },
            { value: 'nobody', label: t('portrait.who-nobody'), icon: UserRoundX },
          ]}
        />
        {earlier.length > 0 && who !== 'nobody' && (
          <Select
            label={t('portrait.samePerson')}
            value={null}
            placeholder={t('ui.choose')}
            stacked
            onChange={(index) => takeOver(Number(index))}
            options={earlier.map(({ person: name, scope: use }, index) => ({
              value: String(index),
              label: name,
              note: use.slice(0, 40),
            }))}
          />
        )}
        {who !== 'nobody' && (
          <>
            <TextField
              label={t('portrait.consentWho')}
              hint={t(`portrait.personHint-${who}`)}
              stacked
              value={person}
              onType={setPerson}
              onCommit={setPerson}
              maxLength={200}
              required
              autoComplete="name"
              invalid={tried && person.trim() === ''}
            />
            <div className={styles.scope}>
              <TextArea
                label={t('portrait.consentScope')}
                value={scope}
                onCommit={setScope}
                onInput={(event) => setScope(event.currentTarget.value)}
                maxLength={2000}
                aria-invalid={(tried && scope.trim() === '') || undefined}
              />
              <div className={styles.chips}>
                {SCOPES.map((name) => (
                  <Button key={name} tone="quiet" onClick={() => setScope(t(`portrait.scope-${name}`))}>
                    {t(`portrait.scopeName-${name}`)}
                  </Button>
                ))}
              </div>
            </div>
            <div className={styles.period}>
              {dayField(t('portrait.grantedOn'), grantedOn, setGrantedOn, { required: true })}
              {dayField(
                t('portrait.expiresOn'),
                expiresOn,
                setExpiresOn,
                { min: grantedOn, 'aria-invalid': wrongOrder || undefined },
                <span className={styles.chips}>
                  {TERMS.map((years) => (
                    <Button
                      key={years}
                      tone="quiet"
                      onClick={() => setExpiresOn(yearsAfter(isDay(grantedOn) ? grantedOn : today, years))}
                    >
                      {t('portrait.years', { count: years })}
                    </Button>
                  ))}
                  <Button tone="quiet" onClick={() => setExpiresOn('')}>
                    {t('portrait.noEnd')}
                  </Button>
                </span>,
              )}
            </div>
            <div className={styles.attach}>
              <Button icon={Paperclip} onClick={() => void attach()}>
                {t('portrait.attach')}
              </Button>
              {evidence === null ? (
                <span className={styles.note}>{t('portrait.attachText')}</span>
              ) : (
                <>
                  <span className={styles.file}>{evidence.fileName}</span>
                  <IconButton small icon={Trash2} label={t('portrait.detach')} onClick={() => setEvidence(null)} />
                </>
              )}
            </div>
          </>
        )}
        <div className={styles.statement} data-missing={(tried && !declared) || undefined}>
          <Checkbox label={statement} checked={declared} onChange={setDeclared} />
        </div>
        {tried && !isReady && (
          <p className={styles.missing} role="alert">
            {t(
              wrongOrder
                ? 'portrait.missingOrder'
                : who !== 'nobody' && person.trim() === ''
                  ? 'portrait.missingPerson'
                  : who !== 'nobody' && scope.trim() === ''
                    ? 'portrait.missingScope'
                    : !isDay(grantedOn)
                      ? 'portrait.missingDay'
                      : 'portrait.missingStatement',
            )}
          </p>
        )}
        {error !== null && <ErrorBox error={error} />}
      </div>
    </Dialog>
  );
}
