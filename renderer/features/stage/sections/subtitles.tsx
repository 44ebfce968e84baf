import type { ReactElement } from 'react';
import type { SubtitleSettings } from '../../../../app/document/stage.ts';
import { useT } from '../../../state/language.ts';
import { editDocument, sealEdit, useDocument } from '../../../state/project.ts';
import { ColourField, Section, Segments, Slider, Switch } from '../../../ui/index.ts';
import styles from '../stage.module.css';

const change = (next: Partial<SubtitleSettings>, mergeKey?: string): void =>
  editDocument(
    'stage.changeSubtitles',
    ({ stage }) => {
      Object.assign(stage.subtitles, next);
    },
    mergeKey === undefined ? {} : { mergeKey },
  );

export function SubtitleSection(): ReactElement {
  const t = useT();
  const { mode, karaoke, size, colour, highlight } = useDocument(({ stage }) => stage.subtitles);
  const burnt = mode === 'burn';
  return (
    <Section id="stage.subtitles" title={t('stage.subtitles')}>
      <Segments
        label={t('stage.subtitleMode')}
        value={mode}
        options={[
          { value: 'burn', label: t('stage.subtitlesBurn') },
          { value: 'srt', label: t('stage.subtitlesSrt') },
          { value: 'vtt', label: t('stage.subtitlesVtt') },
          { value: 'none', label: t('stage.subtitlesNone') },
        ]}
        onChange={(next) => change({ mode: next })}
      />
      {!burnt && (
        <p className={styles.note}>{t(mode === 'none' ? 'stage.subtitlesNoneHint' : 'stage.subtitlesFileHint')}</p>
      )}
      {burnt && (
        <>
          <Slider
            label={t('stage.letterSize')}
            value={size}
            min={0.02}
            max={0.15}
            step={0.001}
            scale={100}
            unit="%"
            reset={0.052}
            onChange={(value) => change({ size: value }, 'stage.subtitleSize')}
            onCommit={sealEdit}
          />
          <ColourField
            label={t('stage.letterColour')}
            value={colour}
            onChange={(value) => change({ colour: value }, 'stage.subtitleColour')}
            onCommit={sealEdit}
          />
          <Switch label={t('stage.karaoke')} checked={karaoke} onChange={(on) => change({ karaoke: on })} />
          {karaoke && (
            <ColourField
              label={t('stage.highlight')}
              value={highlight}
              onChange={(value) => change({ highlight: value }, 'stage.subtitleHighlight')}
              onCommit={sealEdit}
            />
          )}
        </>
      )}
    </Section>
  );
}
