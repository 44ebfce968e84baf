import type { ReactElement } from 'react';
import { useStore } from 'zustand';
import { FRAME_RATES } from '../../../../app/document/stage.ts';
import { useT } from '../../../state/language.ts';
import { editDocument, openDocument, sealEdit, useDocument } from '../../../state/project.ts';
import { NumberField, Section, Segments, Select } from '../../../ui/index.ts';
import { playbackStore } from '../../preview/player/playback-store.ts';
import styles from '../stage.module.css';
import { LINES, presetOf, SHAPES, type Shape, type Size, sizeOf } from '../stage-shapes.ts';

type Choice = Shape | 'auto' | 'custom';

const setSize = (size: Size | null, mergeKey?: string): void =>
  editDocument(
    'stage.changeSize',
    ({ stage }) => {
      stage.size = size;
    },
    mergeKey === undefined ? {} : { mergeKey },
  );

/** Size, shape and rate of the picture. */
export function FormatSection(): ReactElement {
  const t = useT();
  const size = useDocument(({ stage }) => stage.size);
  const fps = useDocument(({ stage }) => stage.fps);
  const shown = useStore(playbackStore, (state) => state.size);
  const preset = size === null ? null : presetOf(size);
  const choice: Choice = size === null ? 'auto' : (preset?.shape ?? 'custom');
  const choose = (next: Choice): void => {
    if (next === 'auto') setSize(null);
    else if (next === 'custom') setSize(ownSize());
    else setSize(sizeOf(next, preset?.lines ?? 720));
  };
  /** Begins as the one there is, made unlike any preset by a hair. */
  const ownSize = (): Size => {
    const { widthPx, heightPx } =
      size ?? (shown && shown.widthPx < shown.heightPx ? sizeOf('9:16', 720) : sizeOf('16:9', 720));
    return { widthPx: widthPx + 2, heightPx };
  };
  const side = (key: keyof Size, label: string): ReactElement => (
    <NumberField
      label={label}
      value={size?.[key] ?? 0}
      min={64}
      max={4096}
      step={2}
      unit={t('stage.px')}
      onChange={(value) => {
        const now = openDocument()?.stage.size;
        if (now) setSize({ ...now, [key]: 2 * Math.round(value / 2) }, `size ${key}`);
      }}
      onCommit={sealEdit}
    />
  );
  return (
    <Section id="stage.format" title={t('stage.format')}>
      <Select<Choice>
        label={t('stage.shape')}
        value={choice}
        onChange={choose}
        options={[
          { value: 'auto', label: t('stage.shapeAuto') },
          ...SHAPES.map((shape) => ({ value: shape, label: shape, note: t(`stage.shape${shape}`) })),
          { value: 'custom', label: t('stage.shapeCustom') },
        ]}
        {...(size === null && { hint: t('stage.shapeAutoHint') })}
      />
      {preset !== null && (
        <Segments
          label={t('stage.resolution')}
          value={String(preset.lines)}
          options={LINES.map((lines) => ({ value: String(lines), label: t('stage.lines', { lines: String(lines) }) }))}
          onChange={(lines) => setSize(sizeOf(preset.shape, Number(lines)))}
        />
      )}
      {choice === 'custom' && (
        <>
          {side('widthPx', t('stage.width'))}
          {side('heightPx', t('stage.height'))}
        </>
      )}
      {size !== null && choice !== 'custom' && (
        <p className={styles.note}>
          {t('stage.sizeInPixels', { width: String(size.widthPx), height: String(size.heightPx) })}
        </p>
      )}
      <Select
        label={t('stage.rate')}
        value={String(fps)}
        onChange={(next) =>
          editDocument('stage.changeRate', ({ stage }) => {
            stage.fps = FRAME_RATES.find((rate) => String(rate) === next) ?? stage.fps;
          })
        }
        options={FRAME_RATES.map((rate) => ({ value: String(rate), label: t('stage.perSecond', { rate }) }))}
      />
    </Section>
  );
}
