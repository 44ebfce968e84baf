/** Where the portrait sits on the stage, for each shape of it: the frame over the picture, and the stage as it will be. */
import { RotateCcw } from 'lucide-react';
import { RadioGroup } from 'radix-ui';
import { type ReactElement, useEffect, useMemo, useState } from 'react';
import type { ExaminedPortrait } from '../../../../app/contract/portraits.ts';
import { type Framing, framingFor, framingSchema } from '../../../../app/document/avatar.ts';
import {
  chooseStageSize,
  presetSize,
  STAGE_SHAPES,
  type StageShape,
  stageShapeOf,
} from '../../../../app/media/stage-size.ts';
import { mediaUrl } from '../../../bridge/index.ts';
import { useT } from '../../../state/language.ts';
import { editDocument, sealEdit, useDocument } from '../../../state/project.ts';
import { Badge, Button, ErrorBox, Select, Slider, Spinner, Switch } from '../../../ui/index.ts';
import { BackgroundChoice } from '../panel/background-section.tsx';
import styles from './editor.module.css';
import { FrameLayer, frameOf } from './frame-layer.tsx';
import { useFramed } from './framed.ts';
import { useViewport } from './viewport.ts';
import { ZoomTools } from './zoom-tools.tsx';

export const RATIOS: Readonly<Record<StageShape, string>> = { landscape: '16:9', portrait: '9:16', square: '1:1' };
/** Of the stills in the list, in px at 100 %. */
const LOOK: Readonly<Record<StageShape, { width: number; height: number }>> = {
  landscape: { width: 192, height: 108 },
  portrait: { width: 90, height: 160 },
  square: { width: 120, height: 120 },
};

const rem = (px: number): string => `${px / 13}rem`;

export function FramingTool({ seen }: { seen: ExaminedPortrait }): ReactElement {
  const t = useT();
  const avatar = useDocument((document) => document.avatar);
  const background = useDocument(({ stage }) => stage.background);
  const stageSize = useDocument(({ stage }) => stage.size);
  const inUse = stageShapeOf(chooseStageSize(stageSize, seen.widthPx / seen.heightPx));
  const [shape, setShape] = useState<StageShape>(inUse);
  const [draft, setDraft] = useState<Framing | null>(null);
  const size = presetSize(720, shape);
  const own = avatar.framingByShape?.[shape] !== undefined;
  const kept = framingFor(avatar, size);
  const framing = draft ?? kept;
  const tried = useMemo(
    () => (draft === null ? avatar : { ...avatar, framingByShape: { ...avatar.framingByShape, [shape]: draft } }),
    [avatar, draft, shape],
  );
  const { pictures, placed, error } = useFramed(tried, background, shape);
  const viewport = useViewport({ width: seen.widthPx, height: seen.heightPx });
  const { room, show } = viewport;
  const isPlaced = placed !== null;
  // Picture and frame are seen whole when a shape is begun with.
  // biome-ignore lint/correctness/useExhaustiveDependencies: not while the frame is being moved.
  useEffect(() => {
    if (room === null || placed === null) return;
    const frame = frameOf(placed, seen, size, kept);
    const [left, top] = [Math.min(0, frame.x), Math.min(0, frame.y)];
    const right = Math.max(seen.widthPx, frame.x + frame.width);
    const bottom = Math.max(seen.heightPx, frame.y + frame.height);
    show({ x: left, y: top, width: right - left, height: bottom - top }, 0.05);
  }, [room === null, isPlaced, shape]);

  const commit = (next: Partial<Framing>, mergeKey?: string): void => {
    editDocument(
      'portrait.stepFraming',
      (document) => void Object.assign(framingFor(document.avatar, size), next),
      mergeKey === undefined ? {} : { mergeKey },
    );
    if (mergeKey === undefined) sealEdit();
    setDraft(null);
  };
  const setOwn = (on: boolean): void => {
    editDocument('portrait.stepFraming', (document) => {
      const { framingByShape, ...rest } = document.avatar;
      if (on) document.avatar.framingByShape = { ...framingByShape, [shape]: { ...rest.framing } };
      else if (document.avatar.framingByShape !== undefined) delete document.avatar.framingByShape[shape];
    });
    sealEdit();
  };
  const slider = (name: 'zoom' | 'offsetX' | 'offsetY', label: string, min: number, max: number, reset: number) => (
    <Slider
      label={label}
      {...{ value: framing[name], min, max, step: 0.01, scale: 100, unit: '%', reset }}
      onChange={(value) => commit({ [name]: value }, `portrait.framing.${name}`)}
      onCommit={sealEdit}
    />
  );
  return (
    <div className={styles.tool}>
      <div className={styles.side}>
        <h3 className={styles.sideTitle}>{t('portrait.aspects')}</h3>
        <RadioGroup.Root
          className={styles.frames}
          value={shape}
          onValueChange={(value) => {
            setShape(value as StageShape);
            setDraft(null);
          }}
          aria-label={t('portrait.aspects')}
        >
          {STAGE_SHAPES.map((each) => (
            <RadioGroup.Item key={each} value={each} className={styles.frame} data-shape={each}>
              <span
                className={`${styles.frameLook} ${background.kind === 'transparent' ? styles.checker : ''}`}
                style={{ width: rem(LOOK[each].width), height: rem(LOOK[each].height) }}
              >
                {pictures[each] === undefined ? (
                  <Spinner />
                ) : (
                  <img src={mediaUrl(pictures[each])} alt="" draggable={false} />
                )}
              </span>
              <span className={styles.frameName}>
                {RATIOS[each]} {t(`portrait.shape-${each}`)}
                {each === inUse && <Badge tone="info">{t('portrait.shapeInUse')}</Badge>}
              </span>
            </RadioGroup.Item>
          ))}
        </RadioGroup.Root>
        {error !== null && <ErrorBox error={error} />}
      </div>
      <div className={styles.canvas}>
        <FrameLayer
          {...{ seen, viewport, size, framing, placed }}
          onDraft={setDraft}
          onCommit={commit}
          ratio={RATIOS[shape]}
        />
        <ZoomTools viewport={viewport} />
      </div>
      <div className={styles.side}>
        <h3 className={styles.sideTitle}>{t('portrait.framingOf', { ratio: RATIOS[shape] })}</h3>
        <Switch label={t('portrait.framingOwn', { ratio: RATIOS[shape] })} checked={own} onChange={setOwn} />
        <p className={styles.note}>{t(own ? 'portrait.framingOwnText' : 'portrait.framingSharedText')}</p>
        <div className={styles.rule} />
        <Select
          label={t('portrait.fit')}
          value={framing.fit}
          onChange={(fit) => commit({ fit, offsetX: 0, offsetY: 0, zoom: 1 })}
          options={[
            { value: 'auto', label: t('portrait.fit-auto') },
            { value: 'cover', label: t('portrait.fit-cover') },
            { value: 'contain', label: t('portrait.fit-contain') },
          ]}
        />
        {slider('zoom', t('portrait.framingZoom'), 0.2, 5, 1)}
        {slider('offsetX', t('portrait.offsetX'), -1, 1, 0)}
        {slider('offsetY', t('portrait.offsetY'), -1, 1, 0)}
        <Button
          icon={RotateCcw}
          disabled={framing.fit === 'auto' && framing.zoom === 1 && framing.offsetX === 0 && framing.offsetY === 0}
          onClick={() => commit(framingSchema.parse({}))}
        >
          {t('portrait.framingReset')}
        </Button>
        <div className={styles.rule} />
        <h3 className={styles.sideTitle}>{t('portrait.background')}</h3>
        <BackgroundChoice />
        <div className={styles.rule} />
        <p className={styles.note}>{t('portrait.framingHelp')}</p>
      </div>
    </div>
  );
}
