/** What is asked before something is done that one may not want, or that needs a place. */
import { type ReactElement, useState } from 'react';
import { useStore } from 'zustand';
import { rpc } from '../../bridge/index.ts';
import { useLanguage } from '../../state/language.ts';
import { studioStore } from '../../state/studio-store.ts';
import { closeDialog } from '../../state/ui-store.ts';
import { Button, Checkbox, Dialog, NumberField, TextField } from '../../ui/index.ts';
import styles from './models.module.css';
import { ask, nameOf, type Question, useModelName } from './models-store.ts';

interface AskProps {
  title: string;
  text: string;
  go: string;
  danger?: boolean;
  disabled?: boolean;
  onGo: () => void;
  children?: ReactElement | readonly ReactElement[];
}

function Ask({ title, text, go, danger, disabled, onGo, children }: AskProps): ReactElement {
  const { t } = useLanguage();
  const goOn = (): void => {
    closeDialog();
    onGo();
  };
  return (
    <Dialog
      title={title}
      onClose={closeDialog}
      footer={
        <>
          <Button onClick={closeDialog}>{t('models.cancel')}</Button>
          <Button tone={danger ? 'danger' : 'primary'} disabled={disabled ?? false} onClick={goOn}>
            {go}
          </Button>
        </>
      }
    >
      <div className={styles.question}>
        <p>{text}</p>
        {children}
      </div>
    </Dialog>
  );
}

export default function ModelDialog({ argument }: { argument: unknown }): ReactElement {
  const question = argument as Question;
  switch (question.kind) {
    case 'licence':
      return <Licence view={question.view} />;
    case 'trial':
      return <TryOut view={question.view} />;
    case 'remove':
      return <Remove view={question.view} />;
    case 'import':
      return <Import />;
    case 'bundle':
      return <Bundle views={question.views} />;
  }
}

type Of = { view: Extract<Question, { kind: 'trial' | 'licence' | 'remove' }>['view'] };

function Licence({ view: { entry } }: Of): ReactElement {
  const { t } = useLanguage();
  const name = useModelName();
  const { licence } = entry;
  return (
    <Ask
      title={t('models.licenceTitle')}
      text={t('models.licenceText', { name: name(entry), licence: licence.name })}
      go={t('models.licenceAccept')}
      onGo={() => ask(rpc.models.get({ model: nameOf(entry), acceptLicence: true }))}
    >
      <p>
        {licence.url !== null && (
          <a href={licence.url} target="_blank" rel="noreferrer">
            {t('models.licenceRead')}
          </a>
        )}
      </p>
    </Ask>
  );
}

function TryOut({ view: { entry } }: Of): ReactElement {
  const { t } = useLanguage();
  const name = useModelName();
  const [percent, setPercent] = useState(10);
  return (
    <Ask
      title={t('models.trialTitle', { name: name(entry) })}
      text={t('models.trialText')}
      go={t('models.trialStart')}
      onGo={() => ask(rpc.models.use({ model: nameOf(entry), percent }))}
    >
      <NumberField label={t('models.trialShare')} value={percent} onChange={setPercent} min={1} max={99} step={1} />
    </Ask>
  );
}

function Remove({ view: { entry, bytes } }: Of): ReactElement {
  const { t, format } = useLanguage();
  const name = useModelName();
  return (
    <Ask
      danger
      title={t('models.removeTitle', { name: name(entry) })}
      text={t('models.removeText', { bytes: format.bytes(bytes ?? 0) })}
      go={t('models.removeNow')}
      onGo={() => ask(rpc.models.remove({ model: nameOf(entry) }))}
    />
  );
}

function Import(): ReactElement {
  const { t } = useLanguage();
  const [path, setPath] = useState('');
  return (
    <Ask
      title={t('models.importTitle')}
      text={t('models.importText')}
      go={t('models.importNow')}
      disabled={path.trim() === ''}
      onGo={() => ask(rpc.models.import({ path }))}
    >
      <TextField stacked label={t('models.importPath')} value={path} onCommit={setPath} onType={setPath} />
    </Ask>
  );
}

function Bundle({ views }: { views: Extract<Question, { kind: 'bundle' }>['views'] }): ReactElement {
  const { t, format } = useLanguage();
  const name = useModelName();
  const info = useStore(studioStore, (state) => state.info);
  const separator = info?.platform === 'win32' ? '\\' : '/';
  const [path, setPath] = useState(`${info?.dataDir ?? ''}${separator}shenghua-models.zip`);
  const [left, setLeft] = useState<readonly number[]>([]);
  const chosen = views.filter((_, index) => !left.includes(index));
  return (
    <Ask
      title={t('models.bundleTitle')}
      text={t('models.bundleText')}
      go={t('models.bundleNow')}
      disabled={path.trim() === '' || chosen.length === 0}
      onGo={() => ask(rpc.models.bundle({ models: chosen.map(({ entry }) => nameOf(entry)), path }))}
    >
      <div className={styles.choices}>
        {views.map(({ entry, bytes }, index) => (
          <Checkbox
            key={`${entry.id}@${entry.version}`}
            label={`${name(entry)} ${entry.version} · ${format.bytes(bytes ?? 0)}`}
            checked={!left.includes(index)}
            onChange={(on) => setLeft(on ? left.filter((each) => each !== index) : [...left, index])}
          />
        ))}
      </div>
      <TextField stacked label={t('models.bundlePath')} value={path} onCommit={setPath} onType={setPath} />
    </Ask>
  );
}
