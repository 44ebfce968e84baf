import { type ReactElement, useEffect, useState } from 'react';
import type { ImportedScript } from '../../../app/contract/script.ts';
import type { AssetRef } from '../../../app/document/asset.ts';
import { describeError } from '../../../app/errors/index.ts';
import { rpc, upload } from '../../bridge/index.ts';
import { useLanguage } from '../../state/language.ts';
import { openDocument, useDocument } from '../../state/project.ts';
import { closeDialog } from '../../state/ui-store.ts';
import { Badge, Button, Dialog, ErrorBox, ProgressBar, Segments, ToneIcon } from '../../ui/index.ts';
import { addImported } from './line-edits.ts';
import styles from './script.module.css';

const SHOWN = 8;
type State =
  | { step: 'reading'; share: number | null }
  | { step: 'read'; script: ImportedScript }
  | { step: 'failed'; error: unknown };

/** Reads a script from a file (dropped: a File; chosen: already in the studio) and asks what is to become of it. */
export default function ImportDialog({ argument }: { argument: unknown }): ReactElement {
  const { t, locale } = useLanguage();
  const source = argument as File | AssetRef;
  const fileName = source instanceof File ? source.name : source.fileName;
  const [state, setState] = useState<State>({ step: 'reading', share: null });
  const [round, setRound] = useState(0);
  const lineCount = useDocument(({ script }) => script.lines.filter(({ text }) => text.trim() !== '').length);
  const [how, setHow] = useState<'append' | 'replace'>('append');

  // biome-ignore lint/correctness/useExhaustiveDependencies: a round is another try.
  useEffect(() => {
    const abort = new AbortController();
    const { signal } = abort;
    setState({ step: 'reading', share: null });
    (async () => {
      const asset =
        source instanceof File
          ? await upload(source, { signal, onProgress: (share) => setState({ step: 'reading', share }) })
          : source;
      const emotions = openDocument()?.emotions ?? [];
      const script = await rpc.script.importFile({ asset, format: null, emotions }, { signal });
      if (!signal.aborted) setState({ step: 'read', script });
    })().catch((error: unknown) => {
      if (!signal.aborted) setState({ step: 'failed', error });
    });
    return () => abort.abort(new Error('closed'));
  }, [source, round]);

  const script = state.step === 'read' ? state.script : null;
  const take = (): void => {
    if (script === null) return;
    closeDialog();
    addImported(script.lines, how);
  };
  return (
    <Dialog
      title={t('script.importTitle')}
      size="wide"
      onClose={closeDialog}
      footer={
        <>
          <Button onClick={closeDialog}>{t('ui.cancel')}</Button>
          <Button tone="primary" disabled={script === null || script.lines.length === 0} onClick={take}>
            {script === null ? t('script.importTake') : t('script.importTakeLines', { count: script.lines.length })}
          </Button>
        </>
      }
    >
      <p className={styles.importFile}>
        <span className="selectable">{fileName}</span>
        {script !== null && <Badge>{script.format.toUpperCase()}</Badge>}
        {script !== null && <span>{t('script.lines', { count: script.lines.length })}</span>}
      </p>
      {state.step === 'reading' && <ProgressBar label={t('script.reading')} value={state.share} />}
      {state.step === 'failed' && <ErrorBox error={state.error} onRetry={() => setRound(round + 1)} />}
      {script !== null && (
        <>
          <ol className={styles.importLines}>
            {script.lines.slice(0, SHOWN).map(({ text, emotion }, index) => (
              <li key={`${index.toString()}-${text}`}>
                <span>{index + 1}</span>
                <span>{text}</span>
                {emotion !== undefined && <Badge>{emotion}</Badge>}
              </li>
            ))}
          </ol>
          {script.lines.length > SHOWN && (
            <p className={styles.note}>{t('script.importMore', { count: script.lines.length - SHOWN })}</p>
          )}
          {script.warnings.length > 0 && (
            <section className={styles.warnings} aria-label={t('script.importWarnings')}>
              {script.warnings.map((warning, index) => {
                const { message, hint } = describeError(warning, locale);
                return (
                  <p key={`${index.toString()}-${warning.code}`}>
                    <ToneIcon tone="warning" />
                    <span>
                      {message} <span className={styles.note}>{hint}</span>
                    </span>
                  </p>
                );
              })}
            </section>
          )}
          {lineCount > 0 && (
            <Segments
              label={t('script.importHow')}
              value={how}
              onChange={setHow}
              options={[
                { value: 'append', label: t('script.importAppend') },
                { value: 'replace', label: t('script.importReplace') },
              ]}
            />
          )}
        </>
      )}
    </Dialog>
  );
}
