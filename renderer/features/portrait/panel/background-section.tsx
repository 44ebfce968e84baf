/** What stands behind the person: the same fields as the stage's own panel. */
import { Aperture, Grid2x2, Image, ImageUp, Palette, UserSquare } from 'lucide-react';
import type { ReactElement } from 'react';
import { type Background, backgroundSchema } from '../../../../app/document/stage.ts';
import { chooseFile } from '../../../bridge/files.ts';
import { assetUrl } from '../../../bridge/index.ts';
import { useT } from '../../../state/language.ts';
import { editDocument, sealEdit, useDocument } from '../../../state/project.ts';
import { showErrorToast } from '../../../state/show-error.ts';
import { Button, ColourField, Section, Segments, Slider } from '../../../ui/index.ts';
import styles from './portrait.module.css';

const setBackground = (next: Background, mergeKey?: string): void =>
  editDocument(
    'portrait.stepBackground',
    ({ stage }) => {
      stage.background = next;
    },
    mergeKey === undefined ? {} : { mergeKey },
  );

async function choosePicture(): Promise<void> {
  const asset = await chooseFile('picture');
  if (asset !== null) setBackground({ kind: 'picture', asset });
}

export function BackgroundChoice(): ReactElement {
  const t = useT();
  const background = useDocument(({ stage }) => stage.background);
  const choose = (kind: Background['kind']): void => {
    if (kind === background.kind) return;
    if (kind === 'picture') choosePicture().catch(showErrorToast);
    else setBackground(backgroundSchema.parse(kind === 'colour' ? { kind, colour: '#2f6f5e' } : { kind }));
  };
  return (
    <>
      <Segments
        bare
        iconsOnly
        label={t('portrait.background')}
        value={background.kind}
        onChange={choose}
        options={[
          { value: 'keep', label: t('portrait.backgroundKeep'), icon: UserSquare },
          { value: 'blur', label: t('portrait.backgroundBlur'), icon: Aperture },
          { value: 'colour', label: t('portrait.backgroundColour'), icon: Palette },
          { value: 'picture', label: t('portrait.backgroundPicture'), icon: Image },
          { value: 'transparent', label: t('portrait.backgroundTransparent'), icon: Grid2x2 },
        ]}
      />
      {background.kind === 'blur' && (
        <Slider
          label={t('portrait.blurRadius')}
          {...{ value: background.radius, min: 1, max: 100, step: 1, reset: 24 }}
          onChange={(radius) => setBackground({ kind: 'blur', radius }, 'portrait.blur')}
          onCommit={sealEdit}
        />
      )}
      {background.kind === 'colour' && (
        <ColourField
          label={t('portrait.colour')}
          value={background.colour}
          onChange={(colour) => setBackground({ kind: 'colour', colour }, 'portrait.colour')}
          onCommit={sealEdit}
        />
      )}
      {background.kind === 'picture' && (
        <div className={styles.backgroundPicture}>
          <img src={assetUrl(background.asset)} alt={background.asset.fileName} />
          <Button icon={ImageUp} onClick={() => void choosePicture().catch(showErrorToast)}>
            {t('portrait.chooseAnother')}
          </Button>
        </div>
      )}
      {background.kind === 'transparent' && <p className={styles.note}>{t('portrait.transparentText')}</p>}
    </>
  );
}

export function BackgroundSection(): ReactElement {
  const t = useT();
  return (
    <Section id="portrait.background" title={t('portrait.background')}>
      <BackgroundChoice />
    </Section>
  );
}
