/** Cutting and turning the picture itself: another picture is made, the old one stays where it was. */
import { Crop, RotateCcw } from 'lucide-react';
import { type ReactElement, useEffect, useMemo, useRef, useState } from 'react';
import type { ExaminedPortrait } from '../../../../app/contract/portraits.ts';
import type { PortraitSource } from '../../../../app/document/avatar.ts';
import { rpc } from '../../../bridge/index.ts';
import { useT } from '../../../state/language.ts';
import { closeDialog } from '../../../state/ui-store.ts';
import { Button, ErrorBox, Select, Slider } from '../../../ui/index.ts';
import { takeAsset } from '../import/take-picture.ts';
import type { Box } from '../model/face-points.ts';
import { aroundHead, fitToAspect, MIN_CROP_PX } from './crop-box.ts';
import { CropLayer } from './crop-layer.tsx';
import styles from './editor.module.css';
import { useViewport } from './viewport.ts';
import { ZoomTools } from './zoom-tools.tsx';

const ASPECTS = { free: null, '1:1': 1, '3:4': 3 / 4, '4:3': 4 / 3, '9:16': 9 / 16, '16:9': 16 / 9 } as const;
type Aspect = keyof typeof ASPECTS;

export function CropTool({ portrait, seen }: { portrait: PortraitSource; seen: ExaminedPortrait }): ReactElement {
  const t = useT();
  const picture = useMemo(() => ({ width: seen.widthPx, height: seen.heightPx }), [seen]);
  const whole: Box = { x: 0, y: 0, ...picture };
  const [rect, setRect] = useState<Box>(whole);
  const [angle, setAngle] = useState(0);
  const [aspect, setAspect] = useState<Aspect>('free');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const viewport = useViewport(picture);
  const working = useRef<AbortController | null>(null);
  useEffect(() => () => working.current?.abort(), []);

  const cut = async (): Promise<void> => {
    const own = new AbortController();
    working.current = own;
    setBusy(true);
    setError(null);
    try {
      const asset = await rpc.portraits.crop({ portrait, rect, rotateDeg: angle }, { signal: own.signal });
      closeDialog();
      await takeAsset(asset);
    } catch (fault) {
      if (own.signal.aborted) return;
      setError(fault);
      setBusy(false);
    }
  };
  const isWhole =
    angle === 0 && rect.x === 0 && rect.y === 0 && rect.width === picture.width && rect.height === picture.height;
  const face = seen.faces[seen.chosen ?? 0];
  return (
    <div className={`${styles.tool} ${styles.toolWide}`}>
      <div className={styles.canvas}>
        <CropLayer {...{ seen, viewport, rect, angle }} aspect={ASPECTS[aspect]} onChange={setRect} />
        <p className={styles.readout}>
          {t('portrait.pixels', { width: String(Math.round(rect.width)), height: String(Math.round(rect.height)) })}
        </p>
        <ZoomTools viewport={viewport} />
      </div>
      <div className={styles.side}>
        <h3 className={styles.sideTitle}>{t('portrait.toolCrop')}</h3>
        <Slider
          label={t('portrait.rotate')}
          {...{ value: angle, min: -45, max: 45, step: 0.1, unit: '°', reset: 0 }}
          onChange={setAngle}
        />
        <Select
          label={t('portrait.aspect')}
          value={aspect}
          onChange={(next) => {
            setAspect(next);
            const wanted = ASPECTS[next];
            if (wanted !== null) setRect(fitToAspect(rect, wanted, picture));
          }}
          options={(Object.keys(ASPECTS) as Aspect[]).map((value) => ({
            value,
            label: value === 'free' ? t('portrait.aspectFree') : value,
          }))}
        />
        <div className={styles.options}>
          {face !== undefined && (
            <Button
              onClick={() => {
                setAspect('free');
                setRect(aroundHead(face, picture));
              }}
            >
              {t('portrait.aroundHead')}
            </Button>
          )}
          <Button
            icon={RotateCcw}
            disabled={isWhole}
            onClick={() => {
              setAspect('free');
              setAngle(0);
              setRect(whole);
            }}
          >
            {t('ui.reset')}
          </Button>
        </div>
        <div className={styles.rule} />
        <p className={styles.note}>{t('portrait.cropHelp', { min: MIN_CROP_PX })}</p>
        {error !== null && <ErrorBox error={error} />}
        <div className={styles.foot}>
          <Button tone="primary" icon={Crop} busy={busy} disabled={isWhole} onClick={() => void cut()}>
            {t('portrait.cropApply')}
          </Button>
        </div>
      </div>
    </div>
  );
}
