import { CircleDashed, Radio, RefreshCw } from 'lucide-react';
import { type ReactElement, useCallback, useEffect, useState } from 'react';
import type { CheckItem } from '../../../../app/contract/live.ts';
import { errorText } from '../../../bridge/errors.ts';
import { rpc } from '../../../bridge/index.ts';
import type { MessageKey } from '../../../i18n/index.ts';
import { useLanguage } from '../../../state/language.ts';
import { openDocument, projectStore, useDocument, useProject } from '../../../state/project.ts';
import { closeDialog } from '../../../state/ui-store.ts';
import { Button, Dialog, ErrorBox, Spinner, Switch, ToneIcon } from '../../../ui/index.ts';
import { destinationName } from '../destinations/names.ts';
import styles from '../live.module.css';
import { fixOf } from './fixes.ts';

const CHECK_WORDS: Readonly<Record<CheckItem['id'], MessageKey>> = {
  ffmpeg: 'live.check_ffmpeg',
  destination: 'live.check_destination',
  key: 'live.check_key',
  reach: 'live.check_reach',
  limits: 'live.check_limits',
  disk: 'live.check_disk',
  consent: 'live.check_consent',
  mark: 'live.check_mark',
  background: 'live.check_background',
};
const TONES = { ok: 'success', warning: 'warning', problem: 'error' } as const;

/** What is looked at before a show goes on air, each with what to do about it. */
export default function GoDialog(): ReactElement | null {
  const { t, locale } = useLanguage();
  const projectId = useProject(({ id }) => id);
  const wantsRecording = useDocument(({ live }) => live.output.recording !== null);
  const [record, setRecord] = useState(wantsRecording);
  const [items, setItems] = useState<readonly CheckItem[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [going, setGoing] = useState(false);
  // What is repaired here is looked at again.
  const markShown = useDocument(({ stage }) => stage.aiMark.visible);

  const check = useCallback(
    async (signal?: AbortSignal) => {
      if (projectId === null) return;
      setItems(null);
      setError(null);
      try {
        await projectStore().flush();
        const found = await rpc.live.checklist({ projectId, record }, signal === undefined ? {} : { signal });
        if (!signal?.aborted) setItems(found);
      } catch (failure) {
        if (!signal?.aborted) setError(failure);
      }
    },
    [projectId, record],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: the mark is one of the things that are looked at.
  useEffect(() => {
    const stop = new AbortController();
    void check(stop.signal);
    return () => stop.abort();
  }, [check, markShown]);
  if (projectId === null) return null;

  const problems = items?.filter(({ level }) => level === 'problem').length ?? 0;
  const warnings = items?.filter(({ level }) => level === 'warning').length ?? 0;
  const go = async (): Promise<void> => {
    setGoing(true);
    setError(null);
    try {
      await rpc.live.goLive({ projectId, record, ignoreWarnings: warnings > 0 });
      closeDialog();
    } catch (failure) {
      setError(failure);
      setGoing(false);
    }
  };
  return (
    <Dialog
      title={t('live.goTitle')}
      size="wide"
      onClose={closeDialog}
      footer={
        <>
          <Button icon={RefreshCw} disabled={items === null && error === null} onClick={() => void check()}>
            {t('live.checkAgain')}
          </Button>
          <span className={styles.spring} />
          <Button onClick={closeDialog}>{t('ui.cancel')}</Button>
          <Button
            tone="danger"
            icon={Radio}
            busy={going}
            disabled={items === null || problems > 0}
            onClick={() => void go()}
          >
            {warnings > 0 && problems === 0 ? t('live.goAnyway', { count: warnings }) : t('live.goNow')}
          </Button>
        </>
      }
    >
      <p className={styles.checkSummary} role="status">
        {items === null ? (
          error === null && (
            <>
              <Spinner /> {t('live.checking')}
            </>
          )
        ) : problems > 0 ? (
          <>
            <ToneIcon tone="error" /> {t('live.checkProblems', { count: problems })}
          </>
        ) : warnings > 0 ? (
          <>
            <ToneIcon tone="warning" /> {t('live.checkWarnings', { count: warnings })}
          </>
        ) : (
          <>
            <ToneIcon tone="success" /> {t('live.checkFine')}
          </>
        )}
      </p>
      {error !== null && <ErrorBox error={error} />}
      <ul className={styles.checks}>
        {(items ?? []).map((item, index) => {
          const { id, destinationId, level, error: why } = item;
          const fix = fixOf(item);
          const about = openDocument()?.live.destinations.find((each) => each.id === destinationId);
          const named = about === undefined ? {} : nameIn(why, destinationName(about, locale));
          const told = why === null ? null : errorText({ ...why, params: { ...why.params, ...named } }, locale, t);
          return (
            <li key={`${id} ${destinationId} ${index.toString()}`} data-check={id} data-level={level}>
              <ToneIcon tone={TONES[level]} />
              <div>
                <p className={styles.checkName}>
                  {t.any(CHECK_WORDS[id])}
                  {about !== undefined && <span> · {destinationName(about, locale)}</span>}
                </p>
                {told !== null && (
                  <p className={styles.checkWhy}>
                    {told.message} {told.hint}
                  </p>
                )}
              </div>
              {level !== 'ok' && fix !== null && <Button onClick={fix.run}>{t.any(fix.label)}</Button>}
            </li>
          );
        })}
        {items === null && error === null && (
          <li className={styles.checkWaiting}>
            <CircleDashed aria-hidden />
            <span>{t('live.checkingText')}</span>
          </li>
        )}
      </ul>
      <Switch label={t('live.record')} checked={record} onChange={setRecord} />
    </Dialog>
  );
}

/** Where words name a destination, its name says more than its id. */
const nameIn = (error: CheckItem['error'], name: string): Record<string, string> =>
  Object.fromEntries(['id', 'name'].flatMap((key) => (error !== null && key in error.params ? [[key, name]] : [])));
