import { type KeyboardEvent, type ReactElement, useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { useStore } from 'zustand';
import { rpc } from '../../bridge/index.ts';
import { useT } from '../../state/language.ts';
import { useProject } from '../../state/project.ts';
import { showErrorToast } from '../../state/show-error.ts';
import { studioStore } from '../../state/studio-store.ts';
import { isPanelOpen, togglePanel, uiStore } from '../../state/ui-store.ts';
import { Button, Spinner, ToneIcon } from '../../ui/index.ts';
import { playbackStore } from '../preview/player/playback-store.ts';
import { checkMachine, machineStore } from '../settings/machine-store.ts';
import { showSettings } from '../settings/settings-store.ts';
import { openFirstProject } from './first-start.ts';
import { type Box, placeBeside } from './placement.ts';
import { STEPS } from './steps.ts';
import styles from './tour.module.css';
import { tourStore } from './tour-store.ts';

/** What it points at may move: panels open, pictures load. */
const LOOK_EVERY_MS = 200;
/** The machine is looked at once the first picture of the project is there, or does not come. */
const CHECK_AT_LAST_MS = 15_000;

/** Waits for someone who has not seen the studio, and shows them round. Once; then it is remembered by the studio. */
export default function Tour(): ReactElement | null {
  const settings = useStore(studioStore, (state) => state.settings);
  const { step, wanted } = useStore(tourStore);
  const inWorkspace = useStore(uiStore, ({ route }) => route.screen === 'workspace');
  const isOpen = useProject(({ phase }) => phase === 'open') && inWorkspace;
  const hasDialog = useStore(uiStore, ({ dialog }) => dialog !== null);
  const isNew = settings !== null && !settings.tourDone;
  const isFirstStart = isNew && settings.lastProjectId === null;

  useEffect(() => {
    if (isFirstStart) openFirstProject().catch(showErrorToast);
  }, [isFirstStart]);
  useEffect(() => {
    if (isNew) tourStore.setState({ wanted: true });
  }, [isNew]);
  useEffect(() => {
    if (isOpen && wanted) tourStore.setState({ step: 0, wanted: false });
    if (!isOpen && tourStore.getState().step !== null) tourStore.setState({ step: null, wanted: true });
  }, [isOpen, wanted]);

  return step === null || !isOpen || hasDialog ? null : <Step key={step} index={step} />;
}

function end(): void {
  tourStore.setState({ step: null, wanted: false });
  // What could not be remembered is shown once more next time.
  rpc.settings.set({ tourDone: true }).catch(() => {});
}

function Step({ index }: { index: number }): ReactElement | null {
  const t = useT();
  const ids = useId();
  const card = useRef<HTMLDivElement>(null);
  const next = useRef<HTMLButtonElement>(null);
  const [place, setPlace] = useState<{ at: Box | null; card: Box } | null>(null);
  const step = STEPS[index]!;
  const isLast = index === STEPS.length - 1;
  const go = (to: number): void => (to >= STEPS.length ? end() : tourStore.setState({ step: Math.max(0, to) }));

  useEffect(() => {
    if (step.panel !== undefined && !isPanelOpen(uiStore.getState(), step.panel)) togglePanel(step.panel);
  }, [step]);
  useLayoutEffect(() => {
    const look = (): void => {
      const target = step.at === null ? null : document.querySelector(`[data-tour="${step.at}"]`);
      const size = card.current?.getBoundingClientRect();
      if (size === undefined) return;
      const box = target?.getBoundingClientRect() ?? null;
      const at = box === null ? null : { left: box.left, top: box.top, width: box.width, height: box.height };
      const view = { left: 0, top: 0, width: window.innerWidth, height: window.innerHeight };
      const placed = { at, card: placeBeside(at, { width: size.width, height: size.height }, view) };
      setPlace((before) => (JSON.stringify(before) === JSON.stringify(placed) ? before : placed));
    };
    look();
    const timer = setInterval(look, LOOK_EVERY_MS);
    window.addEventListener('resize', look);
    return () => {
      clearInterval(timer);
      window.removeEventListener('resize', look);
    };
  }, [step]);
  const placed = place !== null;
  useEffect(() => {
    if (!placed) return;
    next.current?.focus({ preventScroll: true });
  }, [placed]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') end();
    else if (event.key === 'ArrowRight') go(index + 1);
    else if (event.key === 'ArrowLeft') go(index - 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return createPortal(
    <>
      {place?.at == null ? (
        <div className={styles.veil} />
      ) : (
        <div
          className={styles.light}
          style={{ left: place.at.left, top: place.at.top, width: place.at.width, height: place.at.height }}
        />
      )}
      <div
        ref={card}
        role="dialog"
        aria-modal="false"
        aria-labelledby={`${ids}-title`}
        aria-describedby={`${ids}-text`}
        className={styles.card}
        data-step={step.id}
        style={place === null ? { visibility: 'hidden' } : { left: place.card.left, top: place.card.top }}
        onKeyDown={onKeyDown}
      >
        <h2 id={`${ids}-title`}>{t.any(step.title)}</h2>
        <p id={`${ids}-text`}>{t.any(step.text)}</p>
        {index === 0 && <Machine />}
        <div className={styles.foot}>
          <span className={styles.count}>{t('tour.count', { step: index + 1, steps: STEPS.length })}</span>
          {!isLast && (
            <Button tone="quiet" onClick={end}>
              {t('tour.skip')}
            </Button>
          )}
          {index > 0 && <Button onClick={() => go(index - 1)}>{t('tour.back')}</Button>}
          <Button ref={next} tone="primary" onClick={() => go(index + 1)}>
            {t(isLast ? 'tour.finish' : index === 0 ? 'tour.begin' : 'tour.next')}
          </Button>
        </div>
      </div>
    </>,
    document.body,
  );
}

/** Whether this computer can do it, said before the first disappointment. */
function Machine(): ReactElement {
  const t = useT();
  const { report, error } = useStore(machineStore);
  useEffect(() => {
    if (machineStore.getState().report !== null) return;
    const check = (): void => {
      stop();
      void checkMachine();
    };
    const timer = setTimeout(check, CHECK_AT_LAST_MS);
    const unsubscribe = playbackStore.subscribe(({ shown }) => shown && check());
    const stop = (): void => {
      clearTimeout(timer);
      unsubscribe();
    };
    if (playbackStore.getState().shown) check();
    return stop;
  }, []);
  const notes = report?.checks.filter(({ level }) => level !== 'ok').length ?? 0;
  return (
    <div className={styles.machine} role="status">
      {report === null ? (
        error === null ? (
          <>
            <Spinner />
            <span>{t('tour.checking')}</span>
          </>
        ) : (
          <span>{t('tour.checkFailed')}</span>
        )
      ) : (
        <>
          <ToneIcon tone={!report.ready ? 'error' : notes > 0 ? 'warning' : 'success'} />
          <span>
            {report.ready ? t('settings.ready') : t('settings.notReady')}
            {notes > 0 && (
              <>
                {' '}
                <button type="button" className={styles.link} onClick={() => showSettings('machine')}>
                  {t('tour.notes', { count: notes })}
                </button>
              </>
            )}
          </span>
        </>
      )}
    </div>
  );
}
