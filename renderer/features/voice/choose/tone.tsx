/** How the chosen voice speaks: rate, pitch, volume. */
import type { ReactElement } from 'react';
import { rpc } from '../../../bridge/index.ts';
import type { MessageKey } from '../../../i18n/index.ts';
import { useT } from '../../../state/language.ts';
import { editDocument, openDocument, sealEdit, useDocument } from '../../../state/project.ts';
import { Section, Slider } from '../../../ui/index.ts';
import { HearButton } from '../hear-button.tsx';

const TONES = [
  { of: 'rate', label: 'voice.rate', step: 'voice.stepRate', min: 0.5, max: 2 },
  { of: 'pitch', label: 'voice.pitch', step: 'voice.stepPitch', min: 0.5, max: 2 },
  { of: 'volume', label: 'voice.volume', step: 'voice.stepVolume', min: 0, max: 2 },
] as const satisfies { of: string; label: MessageKey; step: MessageKey; min: number; max: number }[];

export function Tone(): ReactElement {
  const t = useT();
  return (
    <Section
      id="voice.tone"
      title={t('voice.tone')}
      closedAtFirst
      tools={
        <HearButton
          name="tone"
          label={t('voice.hearTone')}
          small
          ask={(signal) => {
            const { voice, script } = openDocument()!;
            const line = { id: 'try', text: t('voice.sentenceBoth') };
            return rpc.script.speakLine(
              { source: { kind: 'draft', line, voice, dictionary: script.dictionary, emotions: [] } },
              { signal },
            );
          }}
        />
      }
    >
      {TONES.map((tone) => (
        <ToneSlider key={tone.of} tone={tone} />
      ))}
    </Section>
  );
}

function ToneSlider({ tone: { of, label, step, min, max } }: { tone: (typeof TONES)[number] }): ReactElement {
  const t = useT();
  const value = useDocument(({ voice }) => voice[of]);
  return (
    <Slider
      label={t.any(label)}
      value={value}
      {...{ min, max }}
      step={0.01}
      reset={1}
      scale={100}
      unit="%"
      onChange={(next) =>
        editDocument(
          step,
          (draft) => {
            draft.voice[of] = next;
          },
          { mergeKey: `voice.${of}` },
        )
      }
      onCommit={sealEdit}
    />
  );
}
