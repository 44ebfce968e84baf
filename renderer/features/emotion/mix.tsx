/** Where a blend may begin: from an emotion as it is, or from two of them mixed. */
import { type ReactElement, useState } from 'react';
import type { OwnEmotion } from '../../../app/document/emotions.ts';
import { EMOTIONS } from '../../../app/speech/emotion.ts';
import { type EmotionBlend, mixBlends } from '../../../app/speech/emotion-blend.ts';
import { findEmotion } from '../../../app/speech/emotion-presets.ts';
import { useT } from '../../state/language.ts';
import { sealEdit, useDocument } from '../../state/project.ts';
import { Section, Select, Slider } from '../../ui/index.ts';
import { setBlend } from './edits.ts';
import styles from './emotion.module.css';
import { emotionLabel } from './names.ts';

export function Mix({ emotion }: { emotion: OwnEmotion }): ReactElement {
  const t = useT();
  const own = useDocument(({ emotions }) => emotions);
  const [first, setFirst] = useState<string>('happy');
  const [second, setSecond] = useState<string>('surprised');
  const [amount, setAmount] = useState(0.5);
  const names = [...EMOTIONS, ...own.filter(({ id }) => id !== emotion.id).map(({ name }) => name)];
  const options = names.map((name) => ({ value: name, label: emotionLabel(name, t) }));
  const blendOf = (name: string): Readonly<EmotionBlend> | undefined => findEmotion(name, own)?.blend;
  const mix = (from: string, to: string, share: number): void => {
    const [a, b] = [blendOf(from), blendOf(to)];
    if (a !== undefined && b !== undefined) setBlend(emotion.id, mixBlends(a, b, share), 'mix');
  };
  const start = (name: string): void => {
    const blend = blendOf(name);
    if (blend === undefined) return;
    setBlend(emotion.id, blend, 'start');
    sealEdit();
  };
  return (
    <Section id="emotion.start" title={t('emotion.start')} closedAtFirst>
      <Select
        label={t('emotion.startFrom')}
        value={null}
        placeholder={t('ui.choose')}
        options={options}
        onChange={start}
      />
      <div className={styles.mix}>
        <Select
          label={t('emotion.mixFirst')}
          value={first}
          options={options}
          bare
          onChange={(name) => {
            setFirst(name);
            mix(name, second, amount);
            sealEdit();
          }}
        />
        <span aria-hidden>+</span>
        <Select
          label={t('emotion.mixSecond')}
          value={second}
          options={options}
          bare
          onChange={(name) => {
            setSecond(name);
            mix(first, name, amount);
            sealEdit();
          }}
        />
      </div>
      <Slider
        label={t('emotion.mixAmount', { name: emotionLabel(second, t) })}
        value={amount}
        min={0}
        max={1}
        step={0.01}
        scale={100}
        unit="%"
        reset={0.5}
        onChange={(next) => {
          setAmount(next);
          mix(first, second, next);
        }}
        onCommit={sealEdit}
      />
    </Section>
  );
}
