/** A page of the settings: which engines are asked, with which keys, in which order, how they are, and what they cost. */
import type { ReactElement } from 'react';
import { MODES, type Mode } from '../../../app/providers/settings.ts';
import { useLanguage } from '../../state/language.ts';
import { Section, Segments, Spinner } from '../../ui/index.ts';
import { Cost, EventLog, Now } from './at-the-moment.tsx';
import { Chains } from './chains.tsx';
import { type Field, providerFields, textName } from './form/fields.ts';
import { SchemaFields } from './form/schema-form.tsx';
import { Keys } from './keys.tsx';
import { useProviderWords } from './provider-words.ts';
import styles from './providers.module.css';
import { changeSetting, useProviders } from './providers-store.ts';

const FIELDS = providerFields();
/** Drawn by controls of their own, above. */
const isElsewhere = ({ path }: Field): boolean => ['policy_mode', 'policy_chains'].includes(textName(path));

export default function ProvidersPage(): ReactElement {
  const { t } = useLanguage();
  const { status, settings } = useProviders();
  const words = useProviderWords(status?.lights);
  if (status === null || settings === null) return <Spinner label={t('providers.title')} />;
  const { mode } = settings.policy;
  return (
    <div className={styles.page}>
      <div className={styles.columns}>
        <div className={styles.main}>
          <section aria-label={t('providers.mode')}>
            <Segments
              bare
              label={t('providers.mode')}
              value={mode}
              onChange={(next: Mode) => changeSetting(['policy', 'mode'], next)}
              options={MODES.map((value) => ({ value, label: t(`providers.mode_${value}`) }))}
            />
            <p className={styles.quiet}>{t(`providers.modeHint_${mode}`)}</p>
          </section>
          <Chains words={words} />
          <div className={styles.sections}>
            <Keys />
            {FIELDS.map((field) => (
              <FieldSection key={textName(field.path)} field={field} />
            ))}
          </div>
        </div>
        <aside className={styles.aside} aria-label={t('providers.now')}>
          <Now status={status} words={words} />
          <Cost status={status} words={words} />
          <EventLog status={status} words={words} />
        </aside>
      </div>
    </div>
  );
}

function FieldSection({ field }: { field: Field }): ReactElement {
  const { t } = useLanguage();
  const name = textName(field.path);
  return (
    <Section
      id={`providers.${name}`}
      title={t.any(`providers.field_${name}` as 'providers.field_isi')}
      closedAtFirst={name !== 'bailian'}
    >
      {field.kind === 'group' ? (
        <SchemaFields fields={field.fields.filter((each) => !isElsewhere(each))} at={field.path} />
      ) : (
        <SchemaFields fields={[field]} />
      )}
    </Section>
  );
}
