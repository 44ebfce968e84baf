/** The face as the engine draws it with these points: at rest, closed, open, O, E and F, with any lids and mood. */
import { RadioGroup } from 'radix-ui';
import { type ReactElement, useEffect, useMemo, useRef, useState } from 'react';
import { MOUTH_TESTS, type MouthTestShape } from '../../../../app/contract/portraits.ts';
import type { Avatar } from '../../../../app/document/avatar.ts';
import { findEmotion } from '../../../../app/speech/emotion-presets.ts';
import { mediaUrl, rpc } from '../../../bridge/index.ts';
import { useT } from '../../../state/language.ts';
import { ErrorBox, Select, Slider, Spinner } from '../../../ui/index.ts';
import { useEmotionLooks } from '../../script/emotion-look.ts';
import styles from './editor.module.css';
import { MouthTrial, type Trial } from './mouth-trial.ts';

const SIDE_PX = 384;
const NO_MOOD = 'none';

async function loaded(path: string): Promise<string> {
  const image = new Image();
  image.src = mediaUrl(path);
  await image.decode();
  return path;
}

/** `avatar` with the points that are on trial. The time from them to the picture looked at is the measure `portrait.still`. */
export function MouthTest({ avatar }: { avatar: Avatar }): ReactElement {
  const t = useT();
  const moods = useEmotionLooks();
  const [chosen, setChosen] = useState<MouthTestShape>('open');
  const [mood, setMood] = useState(NO_MOOD);
  const [blink, setBlink] = useState(0);
  const [pictures, setPictures] = useState<Partial<Record<MouthTestShape, string>>>({});
  const [error, setError] = useState<unknown>(null);
  const [isSettled, setSettled] = useState(false);
  const runner = useRef<MouthTrial | null>(null);
  const asked = useRef<{ trial: Trial; mouth: MouthTestShape; atMs: number } | null>(null);

  useEffect(() => {
    const trial = new MouthTrial({
      draw: async (request, signal) => loaded((await rpc.portraits.mouthTest(request, { signal })).picture),
      shown(mouth, picture, tried) {
        setPictures((before) => ({ ...before, [mouth]: picture }));
        const last = asked.current;
        if (last?.trial !== tried || last.mouth !== mouth) return;
        performance.measure('portrait.still', { start: last.atMs, end: performance.now() });
        asked.current = null;
      },
      failed: setError,
      settled: setSettled,
    });
    runner.current = trial;
    return () => trial.close();
  }, []);
  const emotion = useMemo(() => {
    const found = mood === NO_MOOD ? null : findEmotion(mood, moods.own);
    return found == null ? null : ({ kind: 'blend', blend: found.blend, intensity: 1 } as const);
  }, [mood, moods.own]);
  useEffect(() => {
    // Neither framing nor consent show in a still: two that differ in them are the same.
    const { framing: _, framingByShape: __, consent: ___, ...rest } = avatar;
    const shown = { ...rest, framing: STILL, consent: null };
    const tried = { avatar: shown, emotion, blink, maxSidePx: SIDE_PX };
    asked.current = { trial: tried, mouth: chosen, atMs: performance.now() };
    runner.current?.try(tried, chosen);
  }, [avatar, emotion, blink, chosen]);

  const label = (mouth: MouthTestShape): string => t(`portrait.mouth-${mouth}`);
  return (
    <section className={styles.test} aria-label={t('portrait.mouthTest')} aria-busy={!isSettled}>
      <h3 className={styles.sideTitle}>
        {t('portrait.mouthTest')}
        {!isSettled && <Spinner />}
      </h3>
      <div className={styles.still}>
        {pictures[chosen] === undefined ? (
          <Spinner label={t('portrait.drawing')} />
        ) : (
          <img
            src={mediaUrl(pictures[chosen])}
            alt={t('portrait.stillAlt', { mouth: label(chosen) })}
            draggable={false}
          />
        )}
      </div>
      <RadioGroup.Root
        className={styles.mouths}
        value={chosen}
        onValueChange={(value) => setChosen(value as MouthTestShape)}
        aria-label={t('portrait.mouthShape')}
        orientation="horizontal"
      >
        {MOUTH_TESTS.map((mouth) => (
          <RadioGroup.Item key={mouth} value={mouth} className={styles.mouth} data-mouth={mouth}>
            {pictures[mouth] === undefined ? (
              <span className={styles.noStill} />
            ) : (
              <img src={mediaUrl(pictures[mouth])} alt="" draggable={false} />
            )}
            <span>{label(mouth)}</span>
          </RadioGroup.Item>
        ))}
      </RadioGroup.Root>
      {error !== null && <ErrorBox error={error} />}
      <Slider
        label={t('portrait.lids')}
        {...{ value: blink, min: 0, max: 1, step: 0.05, scale: 100, unit: '%', reset: 0 }}
        onChange={setBlink}
      />
      <Select
        label={t('portrait.mood')}
        value={mood}
        onChange={setMood}
        options={[
          { value: NO_MOOD, label: t('ui.none') },
          ...moods.all.filter((name) => name !== 'neutral').map((name) => ({ value: name, label: moods.label(name) })),
        ]}
      />
    </section>
  );
}
const STILL = { fit: 'auto', zoom: 1, offsetX: 0, offsetY: 0 } as const;
