import { RotateCcw } from 'lucide-react';
import type { ReactElement } from 'react';
import { useT } from '../../../state/language.ts';
import { sealEdit } from '../../../state/project.ts';
import { IconButton, Section, Segments, Slider } from '../../../ui/index.ts';
import { useFramingInUse } from '../framing-in-use.ts';
import styles from '../stage.module.css';
import { changeFraming, FRAMING_RANGES, PLAIN_FRAMING } from '../stage-edits.ts';

/** Where the portrait sits on the stage. */
export function FramingSection(): ReactElement {
  const t = useT();
  const framing = useFramingInUse();
  const { fit, zoom, offsetX, offsetY } = framing;
  const plain = fit === 'auto' && zoom === 1 && offsetX === 0 && offsetY === 0;
  const offset = (key: 'offsetX' | 'offsetY', label: string): ReactElement => (
    <Slider
      label={label}
      value={framing[key]}
      min={FRAMING_RANGES[key][0]}
      max={FRAMING_RANGES[key][1]}
      step={0.005}
      scale={100}
      unit="%"
      reset={0}
      onChange={(value) => changeFraming({ [key]: value })}
      onCommit={sealEdit}
    />
  );
  return (
    <Section
      id="stage.framing"
      title={t('stage.framing')}
      tools={
        <IconButton
          small
          icon={RotateCcw}
          label={t('stage.resetFraming')}
          disabled={plain}
          onClick={() => {
            changeFraming(PLAIN_FRAMING);
            sealEdit();
          }}
        />
      }
    >
      <Segments
        label={t('stage.fit')}
        value={fit}
        options={[
          { value: 'auto', label: t('stage.fitAuto') },
          { value: 'cover', label: t('stage.fitCover') },
          { value: 'contain', label: t('stage.fitContain') },
        ]}
        onChange={(next) => {
          changeFraming({ fit: next });
          sealEdit();
        }}
      />
      <Slider
        label={t('stage.zoom')}
        value={zoom}
        min={FRAMING_RANGES.zoom[0]}
        max={FRAMING_RANGES.zoom[1]}
        step={0.01}
        scale={100}
        unit="%"
        reset={1}
        onChange={(value) => changeFraming({ zoom: value })}
        onCommit={sealEdit}
      />
      {offset('offsetX', t('stage.offsetX'))}
      {offset('offsetY', t('stage.offsetY'))}
      <p className={styles.note}>{t('stage.framingHint')}</p>
    </Section>
  );
}
