import type { ReactElement } from 'react';
import { type AiMark, CORNERS } from '../../../../app/document/stage.ts';
import { useT } from '../../../state/language.ts';
import { editDocument, sealEdit, useDocument } from '../../../state/project.ts';
import { Section, Select, Slider, Switch, TextField, ToneIcon } from '../../../ui/index.ts';
import styles from '../stage.module.css';

/** What the labelling rules ask for, as a share of the shorter side. */
const ASKED_HEIGHT = 0.05;

const change = (next: Partial<AiMark>, mergeKey?: string): void =>
  editDocument(
    'stage.changeAiMark',
    ({ stage }) => {
      Object.assign(stage.aiMark, next);
    },
    mergeKey === undefined ? {} : { mergeKey },
  );

/** The sign that the picture is made by AI. */
export function AiMarkSection(): ReactElement {
  const t = useT();
  const { visible, text, corner, height } = useDocument(({ stage }) => stage.aiMark);
  return (
    <Section id="stage.aiMark" title={t('stage.aiMark')}>
      <Switch label={t('stage.aiMarkVisible')} checked={visible} onChange={(on) => change({ visible: on })} />
      {!visible && (
        <p className={styles.warning} role="alert">
          <ToneIcon tone="warning" />
          {t('stage.aiMarkWarning')}
        </p>
      )}
      {visible && (
        <>
          <TextField
            label={t('stage.markText')}
            value={text}
            maxLength={40}
            onType={(next) => next.trim() !== '' && change({ text: next }, 'stage.markText')}
            onCommit={sealEdit}
          />
          <Select
            label={t('stage.corner')}
            value={corner}
            options={CORNERS.map((value) => ({ value, label: t(`stage.corner-${value}`) }))}
            onChange={(next) => change({ corner: next })}
          />
          <Slider
            label={t('stage.markHeight')}
            value={height}
            min={0.02}
            max={0.2}
            step={0.001}
            scale={100}
            unit="%"
            reset={ASKED_HEIGHT}
            onChange={(value) => change({ height: value }, 'stage.markHeight')}
            onCommit={sealEdit}
          />
          {height < ASKED_HEIGHT && (
            <p className={styles.warning}>
              <ToneIcon tone="warning" />
              {t('stage.markTooSmall')}
            </p>
          )}
        </>
      )}
    </Section>
  );
}
