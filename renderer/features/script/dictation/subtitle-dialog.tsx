/** A recording that was heard: its lines, to be taken into the script or saved as subtitles. */
import { type ReactElement, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { HeardLine } from '../../../../app/contract/dictation.ts';
import type { AssetRef } from '../../../../app/document/asset.ts';
import { escapeScriptText } from '../../../../app/speech/script/escape.ts';
import { saveFile } from '../../../bridge/files.ts';
import { rpc } from '../../../bridge/index.ts';
import { useLanguage } from '../../../state/language.ts';
import { showErrorToast } from '../../../state/show-error.ts';
import { studioStore } from '../../../state/studio-store.ts';
import { closeDialog } from '../../../state/ui-store.ts';
import { Button, Dialog, ErrorBox, ProgressBar } from '../../../ui/index.ts';
import { addImported } from '../line-edits.ts';
import styles from '../script.module.css';
import { listeningRequest } from './listening.ts';
import { HeardLanguage } from './listening-options.tsx';

const MAX_PAUSE_MS = 60_000;
type State =
  | { step: 'hearing'; share: number | null }
  | { step: 'heard'; lines: readonly HeardLine[] }
  | { step: 'failed'; error: unknown };

export default function SubtitleDialog({ argument }: { argument: unknown }): ReactElement {
  const { t, format } = useLanguage();
  const asset = argument as AssetRef;
  const [state, setState] = useState<State>({ step: 'hearing', share: null });
  const [round, setRound] = useState(0);
  const language = useStore(studioStore, ({ settings }) => settings?.listening.language);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a round is another try, in another language another hearing.
  useEffect(() => {
    const abort = new AbortController();
    const { signal } = abort;
    setState({ step: 'hearing', share: null });
    (async () => {
      for await (const event of await rpc.dictation.subtitle({ asset, ...listeningRequest(null) }, { signal })) {
        if (signal.aborted) return;
        if (event.type === 'progress') setState({ step: 'hearing', share: event.heardMs / event.durationMs });
        else setState({ step: 'heard', lines: event.lines });
      }
    })().catch((error: unknown) => {
      if (!signal.aborted) setState({ step: 'failed', error });
    });
    return () => abort.abort(new Error('closed'));
  }, [asset, round, language]);

  const lines = state.step === 'heard' ? state.lines : null;
  const save = async (kind: 'srt' | 'vtt'): Promise<void> => {
    try {
      const { path, fileName } = await rpc.dictation.writeSubtitles({
        ...{ lines: [...(lines ?? [])], format: kind, name: asset.fileName },
      });
      await saveFile(path, fileName);
    } catch (error) {
      showErrorToast(error);
    }
  };
  const take = (): void => {
    if (lines === null) return;
    closeDialog();
    addImported(
      lines.map(({ text, endMs }, index) => {
        const next = lines[index + 1];
        const pauseAfterMs = next === undefined ? {} : { pauseAfterMs: pauseBetween(endMs, next.startMs) };
        return { text: escapeScriptText(text), ...pauseAfterMs };
      }),
      'append',
    );
  };
  const none = lines === null || lines.length === 0;
  return (
    <Dialog
      title={t('script.subtitleTitle')}
      size="wide"
      onClose={closeDialog}
      footer={
        <>
          <Button onClick={closeDialog}>{t('ui.cancel')}</Button>
          <Button disabled={none} onClick={() => void save('srt')}>
            {t('script.subtitleSave', { format: 'SRT' })}
          </Button>
          <Button disabled={none} onClick={() => void save('vtt')}>
            {t('script.subtitleSave', { format: 'VTT' })}
          </Button>
          <Button tone="primary" disabled={none} onClick={take}>
            {t('script.importTakeLines', { count: lines?.length ?? 0 })}
          </Button>
        </>
      }
    >
      <p className={styles.importFile}>
        <span className="selectable">{asset.fileName}</span>
        {lines !== null && <span>{t('script.lines', { count: lines.length })}</span>}
        <span className={styles.heardLanguage}>
          <HeardLanguage bare />
        </span>
      </p>
      {state.step === 'hearing' && <ProgressBar label={t('script.subtitleHearing')} value={state.share} />}
      {state.step === 'failed' && <ErrorBox error={state.error} onRetry={() => setRound(round + 1)} />}
      {lines?.length === 0 && <p className={styles.note}>{t('script.subtitleNothing')}</p>}
      {lines !== null && lines.length > 0 && (
        <ol className={styles.importLines}>
          {lines.map(({ text, startMs }) => (
            <li key={startMs}>
              <span>{format.duration(startMs)}</span>
              <span>{text}</span>
            </li>
          ))}
        </ol>
      )}
    </Dialog>
  );
}

const pauseBetween = (endMs: number, nextMs: number): number =>
  Math.round(Math.max(0, Math.min(MAX_PAUSE_MS, nextMs - endMs)));
