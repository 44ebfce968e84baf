/** How much of the face moves. */
import type { ReactElement } from 'react';
import { type RigSettings, rigSettingsSchema } from '../../../../app/document/avatar.ts';
import { useT } from '../../../state/language.ts';
import { editDocument, sealEdit, useDocument } from '../../../state/project.ts';
import { Section, Select, Slider } from '../../../ui/index.ts';

const AMOUNTS = ['mouth', 'head', 'brows', 'gaze', 'breathing'] as const;
const USUAL = rigSettingsSchema.parse({});

function set<Name extends keyof RigSettings>(name: Name, value: RigSettings[Name]): void {
  editDocument(
    'portrait.stepMotion',
    ({ avatar }) => {
      avatar.rig[name] = value;
    },
    { mergeKey: `portrait.rig.${name}` },
  );
}

export function MotionSection(): ReactElement {
  const t = useT();
  const rig = useDocument(({ avatar }) => avatar.rig);
  return (
    <Section id="portrait.motion" title={t('portrait.motion')} closedAtFirst>
      {AMOUNTS.map((name) => (
        <Slider
          key={name}
          label={t(`portrait.motion-${name}`)}
          {...{ value: rig[name], min: 0, max: 2, step: 0.01, scale: 100, unit: '%', reset: USUAL[name] }}
          onChange={(value) => set(name, value)}
          onCommit={sealEdit}
        />
      ))}
      <Slider
        label={t('portrait.motion-blinks')}
        {...{ value: rig.blinksPerMinute, min: 0, max: 40, step: 1, reset: USUAL.blinksPerMinute }}
        onChange={(value) => set('blinksPerMinute', value)}
        onCommit={sealEdit}
      />
      <Select
        label={t('portrait.teeth')}
        value={rig.teeth}
        onChange={(value) => {
          set('teeth', value);
          sealEdit();
        }}
        options={[
          { value: 'auto', label: t('portrait.teethAuto') },
          { value: 'picture', label: t('portrait.teethPicture') },
          { value: 'drawn', label: t('portrait.teethDrawn') },
        ]}
      />
    </Section>
  );
}
