/** Controls for fields of the settings, whatever the schema says there are. */
import { Plus, RotateCcw, Trash2 } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import { useLanguage } from '../../../state/language.ts';
import { Button, Checkbox, IconButton, NumberField, Select, Switch, TextArea, TextField } from '../../../ui/index.ts';
import styles from '../providers.module.css';
import { changeSetting, useProviders } from '../providers-store.ts';
import { type Field, type FieldPath, textName, valueAt } from './fields.ts';

interface FieldProps {
  field: Field;
  /** Where it stands in the settings: the field's path, with the places of list items in it. */
  at?: FieldPath;
}

function useFieldWords(path: FieldPath) {
  const { t } = useLanguage();
  const name = textName(path);
  const hintKey = `providers.hint_${name}`;
  const hint = t.any(hintKey as 'providers.hint_isi_appKey');
  return {
    label: t.any(`providers.field_${name}` as 'providers.field_isi'),
    // Not every field needs more words than its name.
    hint: hint === hintKey ? undefined : hint,
    option: (value: string) => t.any(`providers.option_${name}_${value}` as 'providers.option_isi_region_beijing'),
  };
}

export function SchemaFields({ fields, at = [] }: { fields: readonly Field[]; at?: FieldPath }): ReactElement {
  return (
    <>
      {fields.map((field) => (
        <SchemaField key={textName(field.path)} field={field} at={[...at, field.path.at(-1)!]} />
      ))}
    </>
  );
}

function SchemaField({ field, at = field.path }: FieldProps): ReactElement | null {
  const { label } = useFieldWords(field.path);
  switch (field.kind) {
    case 'group':
      return (
        <fieldset className={styles.group}>
          <legend>{label}</legend>
          <SchemaFields fields={field.fields} at={at} />
        </fieldset>
      );
    case 'records':
      return <Records field={field} at={at} />;
    case 'lines':
      return <Lines field={field} at={at} />;
    case 'chain':
      return null;
    default:
      return <Leaf field={field} at={at} />;
  }
}

function Leaf({ field, at = field.path }: FieldProps): ReactElement {
  const { t } = useLanguage();
  const { settings } = useProviders();
  const { label, hint } = useFieldWords(field.path);
  const [refused, setRefused] = useState(false);
  const value = valueAt(settings, at);
  const set = (next: unknown): void => setRefused(!changeSetting(at, next));
  const mayReset = field.initial !== undefined && JSON.stringify(value) !== JSON.stringify(field.initial);
  return (
    <div className={styles.field} data-field={at.join('.')}>
      <div>
        <p>{label}</p>
        {hint !== undefined && <p className={styles.quiet}>{hint}</p>}
        {refused && (
          <p className={styles.refused} role="alert">
            {t('providers.notTaken')}
          </p>
        )}
      </div>
      <div className={styles.control}>
        <Control field={field} label={label} value={value} set={set} refused={refused} />
        <span className={styles.resetPlace}>
          {mayReset && (
            <IconButton small icon={RotateCcw} label={t('providers.reset')} onClick={() => set(field.initial)} />
          )}
        </span>
      </div>
    </div>
  );
}

function Lines({ field, at }: { field: Field & { kind: 'lines' }; at: FieldPath }): ReactElement {
  const { settings } = useProviders();
  const { label, hint } = useFieldWords(field.path);
  const value = valueAt(settings, at);
  const lines = (typed: string): string[] =>
    typed
      .split('\n')
      .map((line) => line.trim().slice(0, field.maxLength))
      .filter((line) => line !== '')
      .slice(0, field.max);
  return (
    <TextArea
      label={label}
      {...(hint !== undefined && { hint })}
      rows={4}
      value={Array.isArray(value) ? (value as string[]).join('\n') : ''}
      onCommit={(typed) => changeSetting(at, lines(typed))}
    />
  );
}

interface ControlProps {
  field: Field;
  label: string;
  value: unknown;
  set: (value: unknown) => void;
  refused: boolean;
}
function Control({ field, label, value, set, refused }: ControlProps): ReactElement | null {
  const { t } = useLanguage();
  const { option } = useFieldWords(field.path);
  switch (field.kind) {
    case 'switch':
      return (
        <span className={styles.bareSwitch}>
          <Switch label={label} checked={value === true} onChange={set} />
        </span>
      );
    case 'choice':
      return (
        <Select
          bare
          label={label}
          value={String(value)}
          onChange={set}
          options={field.options.map((each) => ({ value: each, label: option(each) }))}
        />
      );
    case 'choices': {
      const chosen = Array.isArray(value) ? (value as string[]) : [];
      const toggle = (each: string, on: boolean): void =>
        set(on ? [...chosen, each] : chosen.filter((other) => other !== each));
      return (
        <fieldset className={styles.choices} aria-label={label}>
          {field.options.map((each) => {
            const place = chosen.indexOf(each);
            return (
              <Checkbox
                key={each}
                label={place < 0 ? option(each) : `${place + 1} ${option(each)}`}
                checked={place >= 0}
                disabled={place >= 0 && chosen.length <= field.min}
                onChange={(on) => toggle(each, on)}
              />
            );
          })}
        </fieldset>
      );
    }
    case 'number':
      return field.nullable ? (
        <TextField
          bare
          label={label}
          inputMode="decimal"
          value={value === null ? '' : String(value)}
          placeholder={t(emptyWords(field.path))}
          invalid={refused}
          onCommit={(typed) => set(typed.trim() === '' ? null : Number(typed.replace(',', '.')))}
        />
      ) : (
        <NumberField
          bare
          label={label}
          value={Number(value)}
          min={field.min}
          max={field.max}
          step={field.whole ? (field.max > 10_000 ? 100 : 1) : 0.01}
          onChange={set}
        />
      );
    case 'text':
      return (
        <TextField
          bare
          label={label}
          value={typeof value === 'string' ? value : ''}
          spellCheck={false}
          {...(field.maxLength !== undefined && { maxLength: field.maxLength })}
          {...(field.nullable && { placeholder: t('providers.none') })}
          invalid={refused}
          onCommit={(typed) => set(typed.trim() === '' && field.nullable ? null : typed.trim())}
        />
      );
    default:
      return null;
  }
}

/** What it means that a number is not given. */
function emptyWords([area, name]: FieldPath) {
  if (name === 'hedgeAfterMs') return 'providers.never';
  return area === 'policy' ? 'providers.noLimit' : 'providers.none';
}

function Records({ field, at }: { field: Field & { kind: 'records' }; at: FieldPath }): ReactElement {
  const { t } = useLanguage();
  const { settings } = useProviders();
  const { hint } = useFieldWords(field.path);
  const value = valueAt(settings, at);
  const records = Array.isArray(value) ? (value as Record<string, unknown>[]) : [];
  const add = (): void => {
    const ids = new Set(records.map(({ id }) => id));
    let number = records.length + 1;
    while (ids.has(`server-${number}`)) number += 1;
    changeSetting(at, [
      ...records,
      { id: `server-${number}`, name: '', baseUrl: 'http://localhost:11434/v1', model: 'qwen3:8b' },
    ]);
  };
  return (
    <div className={styles.records}>
      {hint !== undefined && <p className={styles.quiet}>{hint}</p>}
      {records.map((record, index) => {
        const title = String(record.name || record.id || t('providers.server', { number: index + 1 }));
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: an item's id is one of the fields being typed.
          <fieldset key={index} className={styles.group}>
            <legend>
              {title}
              <IconButton
                small
                icon={Trash2}
                label={t('providers.removeServer', { name: title })}
                onClick={() => changeSetting(at, records.toSpliced(index, 1))}
              />
            </legend>
            <SchemaFields fields={field.fields} at={[...at, String(index)]} />
          </fieldset>
        );
      })}
      <Button icon={Plus} disabled={field.max !== undefined && records.length >= field.max} onClick={add}>
        {t('providers.addServer')}
      </Button>
      <p className={styles.quiet}>{t('providers.newServerHint')}</p>
    </div>
  );
}
