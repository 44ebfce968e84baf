import { Dices, RotateCcw } from 'lucide-react';
import type { ReactElement } from 'react';
import { type RigSettings, rigSettingsSchema } from '../../../../app/document/avatar.ts';
import { useT } from '../../../state/language.ts';
import { editDocument, sealEdit, useDocument } from '../../../state/project.ts';
import { IconButton, NumberField, Section, Segments, Slider } from '../../../ui/index.ts';
import styles from '../stage.module.css';

const AMOUNTS = ['mouth', 'head', 'brows', 'gaze', 'breathing'] as const;
const PLAIN: RigSettings = rigSettingsSchema.parse({});
const MOST_SEED = 2 ** 31 - 1;

const change = (next: Partial<RigSettings>, mergeKey?: string): void =>
  editDocument(
    'stage.changeMovement',
    ({ avatar }) => {
      Object.assign(avatar.rig, next);
    },
    mergeKey === undefined ? {} : { mergeKey },
  );
const setSeed = (seed: number): void =>
  editDocument(
    'stage.changeSeed',
    (draft) => {
      draft.seed = seed;
    },
    { mergeKey: 'seed' },
  );

/** How far the face goes. */
export function MovementSection(): ReactElement {
  const t = useT();
  const rig = useDocument(({ avatar }) => avatar.rig);
  const seed = useDocument((document) => document.seed);
  const plain = (Object.keys(PLAIN) as (keyof RigSettings)[]).every((key) => rig[key] === PLAIN[key]);
  return (
    <Section
      id="stage.movement"
      title={t('stage.movement')}
      tools={
        <IconButton
          small
          icon={RotateCcw}
          label={t('stage.resetMovement')}
          disabled={plain}
          onClick={() => change(PLAIN)}
        />
      }
    >
      {AMOUNTS.map((key) => (
        <Slider
          key={key}
          label={t(`stage.rig-${key}`)}
          value={rig[key]}
          min={0}
          max={2}
          step={0.05}
          scale={100}
          unit="%"
          reset={1}
          onChange={(value) => change({ [key]: value }, `rig.${key}`)}
          onCommit={sealEdit}
        />
      ))}
      <Slider
        label={t('stage.rig-blinks')}
        value={rig.blinksPerMinute}
        min={0}
        max={40}
        step={1}
        unit={t('stage.perMinute')}
        reset={PLAIN.blinksPerMinute}
        onChange={(value) => change({ blinksPerMinute: value }, 'rig.blinks')}
        onCommit={sealEdit}
      />
      <Segments
        label={t('stage.teeth')}
        value={rig.teeth}
        options={[
          { value: 'auto', label: t('stage.teeth-auto') },
          { value: 'picture', label: t('stage.teeth-picture') },
          { value: 'drawn', label: t('stage.teeth-drawn') },
        ]}
        onChange={(teeth) => change({ teeth })}
      />
      <div className={styles.seed}>
        <NumberField
          label={t('stage.seed')}
          value={seed}
          min={0}
          max={MOST_SEED}
          step={1}
          onChange={setSeed}
          onCommit={sealEdit}
        />
        <IconButton
          icon={Dices}
          label={t('stage.newSeed')}
          onClick={() => {
            setSeed(Math.floor(Math.random() * 100_000));
            sealEdit();
          }}
        />
      </div>
      <p className={styles.note}>{t('stage.seedHint')}</p>
    </Section>
  );
}
