import { ImagePlus } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import type { Background } from '../../../../app/document/stage.ts';
import { assetUrl } from '../../../bridge/index.ts';
import { useT } from '../../../state/language.ts';
import { sealEdit, useDocument } from '../../../state/project.ts';
import { Button, ColourField, Section, Select, Slider, ToneIcon } from '../../../ui/index.ts';
import { choosePicture } from '../add-pictures.ts';
import styles from '../stage.module.css';
import { setBackground } from '../stage-edits.ts';

const KINDS = ['keep', 'blur', 'colour', 'picture', 'transparent'] as const;
const COLOURS = ['#1e2a3a', '#ffffff', '#101114', '#00b140', '#e9e2d6', '#3b5ba5'] as const;

/** What stands behind the person. */
export function BackgroundSection(): ReactElement {
  const t = useT();
  const background = useDocument(({ stage }) => stage.background);
  const format = useDocument(({ output }) => output.format);
  const [choosing, setChoosing] = useState(false);

  const choosePictureBehind = async (): Promise<void> => {
    setChoosing(true);
    const asset = await choosePicture();
    setChoosing(false);
    if (asset !== null) setBackground({ kind: 'picture', asset });
  };
  const choose = (kind: Background['kind']): void => {
    if (kind === background.kind) return;
    if (kind === 'picture') void choosePictureBehind();
    else if (kind === 'blur') setBackground({ kind, radius: 24 });
    else if (kind === 'colour') setBackground({ kind, colour: COLOURS[0] });
    else setBackground({ kind });
  };
  return (
    <Section id="stage.background" title={t('stage.background')}>
      <Select
        label={t('stage.backgroundKind')}
        value={background.kind}
        onChange={choose}
        options={KINDS.map((kind) => ({ value: kind, label: t(`stage.background-${kind}`) }))}
      />
      {background.kind === 'blur' && (
        <Slider
          label={t('stage.blurRadius')}
          value={background.radius}
          min={1}
          max={100}
          step={1}
          reset={24}
          onChange={(radius) => setBackground({ kind: 'blur', radius }, 'stage.blur')}
          onCommit={sealEdit}
        />
      )}
      {background.kind === 'colour' && (
        <>
          <ColourField
            label={t('stage.colour')}
            value={background.colour}
            onChange={(colour) => setBackground({ kind: 'colour', colour }, 'stage.colour')}
            onCommit={sealEdit}
          />
          <div className={styles.swatches}>
            {COLOURS.map((colour) => (
              <button
                key={colour}
                type="button"
                className={styles.swatch}
                style={{ background: colour }}
                aria-label={t('stage.useColour', { colour })}
                aria-pressed={background.colour === colour}
                onClick={() => setBackground({ kind: 'colour', colour })}
              />
            ))}
          </div>
        </>
      )}
      {background.kind === 'picture' && (
        <div className={styles.chosen}>
          <img src={assetUrl(background.asset)} alt="" />
          <span>{background.asset.fileName || t('stage.picture')}</span>
          <Button icon={ImagePlus} busy={choosing} onClick={() => void choosePictureBehind()}>
            {t('stage.otherPicture')}
          </Button>
        </div>
      )}
      {background.kind === 'picture' && <p className={styles.note}>{t('stage.pictureHint')}</p>}
      {background.kind === 'transparent' && format !== 'webm' && (
        <p className={styles.warning}>
          <ToneIcon tone="info" />
          {t('stage.transparentHint')}
        </p>
      )}
    </Section>
  );
}
