/** The inspector's Portrait tab: the picture, what is to be said about it, and everything that hangs on it. */
import { type ReactElement, useEffect } from 'react';
import { useT } from '../../../state/language.ts';
import { useDocument } from '../../../state/project.ts';
import { DropZone, Section } from '../../../ui/index.ts';
import { ConsentSection } from '../consent/consent-section.tsx';
import { useExamination } from '../examination.ts';
import { takeFile } from '../import/take-picture.ts';
import { BackgroundSection } from './background-section.tsx';
import { Findings } from './findings.tsx';
import { Gallery } from './gallery.tsx';
import { ImportNews } from './import-news.tsx';
import { MotionSection } from './motion-section.tsx';
import { PictureCard } from './picture-card.tsx';
import styles from './portrait.module.css';

const takesText = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement);

/** A picture pasted anywhere but into a text is a portrait. */
function usePaste(): void {
  useEffect(() => {
    const onPaste = (event: ClipboardEvent): void => {
      const file = event.clipboardData?.files[0];
      if (event.defaultPrevented || file === undefined || takesText(event.target)) return;
      if (event.target instanceof Element && event.target.closest('[role="dialog"]') !== null) return;
      event.preventDefault();
      void takeFile(file);
    };
    window.addEventListener('paste', onPaste);
    return () => window.removeEventListener('paste', onPaste);
  }, []);
}

export default function PortraitPanel(): ReactElement {
  const t = useT();
  const portrait = useDocument(({ avatar }) => avatar.portrait);
  const faceIndex = useDocument(({ avatar }) => avatar.faceIndex);
  const examination = useExamination(portrait, faceIndex);
  usePaste();
  return (
    <DropZone label={t('portrait.dropHere')} onFiles={([file]) => file && void takeFile(file)}>
      <div className={styles.panel}>
        <ImportNews />
        <PictureCard examination={examination} />
        <Findings examination={examination} />
        <ConsentSection examination={examination} />
        <BackgroundSection />
        <Section id="portrait.gallery" title={t('portrait.gallery')}>
          <Gallery />
        </Section>
        <MotionSection />
      </div>
    </DropZone>
  );
}
