import type { ReactElement } from 'react';
import { AiMarkSection } from './sections/ai-mark.tsx';
import { BackgroundSection } from './sections/background.tsx';
import { FormatSection } from './sections/format.tsx';
import { FramingSection } from './sections/framing.tsx';
import { MovementSection } from './sections/movement.tsx';
import { SubtitleSection } from './sections/subtitles.tsx';

/** Everything about the stage but what stands on it. */
export default function StageInspector(): ReactElement {
  return (
    <>
      <FormatSection />
      <FramingSection />
      <BackgroundSection />
      <SubtitleSection />
      <AiMarkSection />
      <MovementSection />
    </>
  );
}
