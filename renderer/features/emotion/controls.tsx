/** Everything a face can do, as sliders by group; where two belong together, as a plane. */
import { type ReactElement, useMemo } from 'react';
import type { OwnEmotion } from '../../../app/document/emotions.ts';
import {
  EMOTION_CONTROLS,
  type EmotionBlend,
  type EmotionControl,
  type EmotionControlKey,
} from '../../../app/speech/emotion-blend.ts';
import { useT } from '../../state/language.ts';
import { sealEdit } from '../../state/project.ts';
import { Section, Slider } from '../../ui/index.ts';
import { setControls } from './edits.ts';
import styles from './emotion.module.css';
import { emotionView } from './emotion-store.ts';
import { Pad } from './pad.tsx';

/** Controls that share a plane: across, down. */
const PLANES: readonly (readonly [EmotionControlKey, EmotionControlKey])[] = [
  ['gazeX', 'gazeY'],
  ['headYaw', 'headPitch'],
];
const byKey = new Map(EMOTION_CONTROLS.map((control) => [control.key, control]));

type Item = { kind: 'slider'; control: EmotionControl } | { kind: 'plane'; x: EmotionControl; y: EmotionControl };

/** In the order of the controls; a plane stands where its first one would. */
function itemsOf(controls: readonly EmotionControl[]): Item[] {
  const drawn = new Set<EmotionControlKey>();
  return controls.flatMap((control): Item[] => {
    if (drawn.has(control.key)) return [];
    const plane = PLANES.find((keys) => keys.includes(control.key));
    if (plane === undefined) return [{ kind: 'slider', control }];
    for (const key of plane) drawn.add(key);
    return [{ kind: 'plane', x: byKey.get(plane[0])!, y: byKey.get(plane[1])! }];
  });
}

const GROUPS = [...Map.groupBy(EMOTION_CONTROLS, ({ groupKey }) => groupKey)].map(([groupKey, controls]) => ({
  ...{ groupKey, group: controls[0]!.group, items: itemsOf(controls) },
}));

/** The mouth is seen in the state that the control acts on. */
function showMouthFor(key: EmotionControlKey): void {
  const mouth = key === 'mouthOpening' ? 'open' : key === 'mouthPress' ? 'rest' : null;
  if (mouth !== null && emotionView.getState().mouth !== mouth) emotionView.setState({ mouth });
}

export function Controls({ emotion }: { emotion: OwnEmotion }): ReactElement {
  const t = useT();
  return (
    <>
      {GROUPS.map(({ groupKey, group, items }) => (
        <Section key={group} id={`emotion.${group}`} title={t.any(groupKey)}>
          {items.map((item) =>
            item.kind === 'slider' ? (
              <Control
                key={item.control.key}
                id={emotion.id}
                control={item.control}
                value={emotion.blend[item.control.key]}
              />
            ) : (
              <Plane key={item.x.key} id={emotion.id} x={item.x} y={item.y} blend={emotion.blend} />
            ),
          )}
          {group === 'life' && <p className={styles.hint}>{t('emotion.lifeHint')}</p>}
        </Section>
      ))}
    </>
  );
}

function Control({ id, control, value }: { id: string; control: EmotionControl; value: number }): ReactElement {
  const t = useT();
  const { key, labelKey, min, max, step, shownScale, shownUnit } = control;
  return useMemo(
    () => (
      <Slider
        label={t.any(labelKey)}
        value={value}
        {...{ min, max, step }}
        reset={control.default}
        unit={shownUnit}
        scale={shownScale}
        onChange={(next) => {
          showMouthFor(key);
          setControls(id, { [key]: next });
        }}
        onCommit={sealEdit}
      />
    ),
    [t, id, key, labelKey, min, max, step, shownScale, shownUnit, control.default, value],
  );
}

function Plane(props: { id: string; x: EmotionControl; y: EmotionControl; blend: EmotionBlend }): ReactElement {
  const { id, x, y, blend } = props;
  const t = useT();
  return (
    <Pad
      label={t(x.key === 'gazeX' ? 'emotion.padGaze' : 'emotion.padHead')}
      x={{ control: x, value: blend[x.key], label: t.any(x.labelKey) }}
      y={{ control: y, value: blend[y.key], label: t.any(y.labelKey) }}
      onChange={(values) => {
        // Both are named, so that a drag along one axis and then the other is still one step.
        setControls(id, { [x.key]: values.x ?? blend[x.key], [y.key]: values.y ?? blend[y.key] });
      }}
      onCommit={sealEdit}
    />
  );
}
