/** A picture by webcam: looked at live, counted down, looked at again, then used or taken once more. */
import { Camera, RefreshCw, VideoOff } from 'lucide-react';
import { type ReactElement, useCallback, useEffect, useRef, useState } from 'react';
import { useT } from '../../../state/language.ts';
import { closeDialog } from '../../../state/ui-store.ts';
import { Button, Dialog, EmptyState, Segments, Select, Spinner } from '../../../ui/index.ts';
import { choosePicture, takeFile } from '../import/take-picture.ts';
import styles from './camera.module.css';
import { CameraError, type CameraFault, closeCamera, listCameras, openCamera, shoot } from './camera.ts';

type View =
  | { kind: 'asking' }
  | { kind: 'live'; stream: MediaStream }
  | { kind: 'shot'; picture: Blob; url: string }
  | { kind: 'fault'; fault: CameraFault };

const DELAYS = ['0', '3', '10'] as const;
const SECOND_MS = 1000;

/** A shot's file name, by which it is found again. */
function nameNow(): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const now = new Date();
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  return `camera-${day}-${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}.jpg`;
}

export default function CameraDialog(): ReactElement {
  const t = useT();
  const [view, setView] = useState<View>({ kind: 'asking' });
  const [round, setRound] = useState(0);
  const [deviceId, setDeviceId] = useState<string | null>(null);
  const [cameras, setCameras] = useState<readonly MediaDeviceInfo[]>([]);
  const [delay, setDelay] = useState<(typeof DELAYS)[number]>('3');
  const [left, setLeft] = useState<number | null>(null);
  const video = useRef<HTMLVideoElement>(null);
  const isLive = view.kind === 'live';

  // biome-ignore lint/correctness/useExhaustiveDependencies: a round asks again.
  useEffect(() => {
    let wanted = true;
    let stream: MediaStream | null = null;
    setView({ kind: 'asking' });
    openCamera(deviceId).then(
      async (opened) => {
        if (!wanted) return closeCamera(opened);
        stream = opened;
        setView({ kind: 'live', stream: opened });
        const found = await listCameras();
        if (wanted) setCameras(found);
      },
      (error: unknown) =>
        wanted && setView({ kind: 'fault', fault: error instanceof CameraError ? error.fault : 'failed' }),
    );
    return () => {
      wanted = false;
      if (stream !== null) closeCamera(stream);
    };
  }, [deviceId, round]);

  const url = view.kind === 'shot' ? view.url : null;
  useEffect(() => () => void (url !== null && URL.revokeObjectURL(url)), [url]);

  const take = useCallback(async (): Promise<void> => {
    const shown = video.current;
    if (shown === null) return;
    // A camera that has just been opened sends its first frame a moment later.
    if (shown.videoWidth === 0)
      await new Promise((resolve) => shown.addEventListener('loadeddata', resolve, { once: true }));
    try {
      const picture = await shoot(shown);
      setView((before) => {
        if (before.kind === 'live') closeCamera(before.stream);
        return { kind: 'shot', picture, url: URL.createObjectURL(picture) };
      });
    } catch {
      setView({ kind: 'fault', fault: 'failed' });
    }
  }, []);
  useEffect(() => {
    if (left === null || !isLive) return;
    if (left === 0) {
      setLeft(null);
      void take();
      return;
    }
    const timer = setTimeout(() => setLeft(left - 1), SECOND_MS);
    return () => clearTimeout(timer);
  }, [left, isLive, take]);

  const again = (): void => {
    setLeft(null);
    setRound(round + 1);
  };
  const use = (picture: Blob): void => {
    closeDialog();
    void takeFile(picture, nameNow());
  };
  const footer =
    view.kind === 'shot' ? (
      <>
        <Button icon={RefreshCw} onClick={again}>
          {t('portrait.shootAgain')}
        </Button>
        <Button tone="primary" onClick={() => use(view.picture)}>
          {t('portrait.useThis')}
        </Button>
      </>
    ) : (
      <>
        <Button onClick={closeDialog}>{t('ui.cancel')}</Button>
        <Button
          tone="primary"
          icon={Camera}
          disabled={!isLive}
          onClick={() => setLeft(left === null ? Number(delay) : null)}
        >
          {t(left === null ? 'portrait.shoot' : 'portrait.stopCountdown')}
        </Button>
      </>
    );
  return (
    <Dialog title={t('portrait.takePhoto')} size="wide" onClose={closeDialog} footer={footer}>
      <div className={styles.view}>
        {view.kind === 'asking' && (
          <p className={styles.asking} role="status">
            <Spinner />
            {t('portrait.cameraAsking')}
          </p>
        )}
        {view.kind === 'fault' && (
          <EmptyState
            icon={VideoOff}
            title={t(`portrait.camera-${view.fault}`)}
            text={t(`portrait.cameraHint-${view.fault}`)}
          >
            <Button icon={RefreshCw} onClick={again}>
              {t('ui.retry')}
            </Button>
            <Button
              onClick={() => {
                closeDialog();
                void choosePicture();
              }}
            >
              {t('portrait.choosePicture')}
            </Button>
          </EmptyState>
        )}
        {view.kind === 'live' && (
          <>
            <video
              ref={(element) => {
                video.current = element;
                if (element !== null && element.srcObject !== view.stream) element.srcObject = view.stream;
              }}
              autoPlay
              muted
              playsInline
              aria-label={t('portrait.cameraView')}
            />
            <svg className={styles.guide} viewBox="0 0 16 9" aria-hidden>
              <ellipse cx="8" cy="4.2" rx="1.75" ry="2.35" />
            </svg>
            {left !== null && left > 0 && (
              <p className={styles.count} role="timer" aria-live="assertive">
                {left}
              </p>
            )}
          </>
        )}
        {view.kind === 'shot' && <img src={view.url} alt={t('portrait.shotAlt')} />}
      </div>
      <div className={styles.options}>
        {cameras.length > 1 && (
          <Select
            label={t('portrait.camera')}
            value={deviceId ?? cameras[0]!.deviceId}
            onChange={setDeviceId}
            options={cameras.map(({ deviceId: value, label }, index) => ({
              value,
              label: label || t('portrait.cameraNumber', { number: index + 1 }),
            }))}
          />
        )}
        <Segments
          label={t('portrait.countdown')}
          value={delay}
          onChange={setDelay}
          options={DELAYS.map((value) => ({
            value,
            label: value === '0' ? t('ui.off') : t('portrait.seconds', { count: Number(value) }),
          }))}
        />
        <p className={styles.hint}>{t('portrait.cameraTip')}</p>
      </div>
    </Dialog>
  );
}
