/** Several faces are in the picture: which one speaks? */
import { RadioGroup } from 'radix-ui';
import { type ReactElement, useState } from 'react';
import type { ExaminedPortrait } from '../../../../app/contract/portraits.ts';
import type { PortraitSource } from '../../../../app/document/avatar.ts';
import { mediaUrl } from '../../../bridge/index.ts';
import { useT } from '../../../state/language.ts';
import { showErrorToast } from '../../../state/show-error.ts';
import { closeDialog } from '../../../state/ui-store.ts';
import { Button, Dialog } from '../../../ui/index.ts';
import { adopt } from '../adopt.ts';
import { examine } from '../examination.ts';
import { faultOf } from '../import/take-picture.ts';
import { FindingText, sortedFindings } from './findings.tsx';
import styles from './portrait.module.css';

export default function FacesDialog({ argument }: { argument: unknown }): ReactElement {
  const t = useT();
  const { portrait, seen } = argument as { portrait: PortraitSource; seen: ExaminedPortrait };
  const usable = seen.faces.filter(({ index }) => faultOf(seen, index) === null);
  const first = seen.chosen ?? usable.reduce((best, face) => (face.box.width > best.box.width ? face : best)).index;
  const [chosen, setChosen] = useState(first);
  const [busy, setBusy] = useState(false);
  const use = async (): Promise<void> => {
    setBusy(true);
    try {
      const answer = await examine(portrait, chosen);
      closeDialog();
      await adopt({ label: 'portrait.stepFace', portrait, seen: answer, faceIndex: chosen });
    } catch (error) {
      setBusy(false);
      showErrorToast(error);
    }
  };
  const face = seen.faces[chosen];
  return (
    <Dialog
      title={t('portrait.chooseFace')}
      size="wide"
      onClose={closeDialog}
      footer={
        <>
          <Button onClick={closeDialog}>{t('ui.cancel')}</Button>
          <Button tone="primary" busy={busy} onClick={() => void use()}>
            {t('portrait.useFace', { number: chosen + 1 })}
          </Button>
        </>
      }
    >
      <p className={styles.note}>{t('portrait.chooseFaceText', { count: seen.faces.length })}</p>
      <RadioGroup.Root
        className={styles.faces}
        aria-label={t('portrait.chooseFace')}
        value={String(chosen)}
        onValueChange={(value) => setChosen(Number(value))}
        orientation="horizontal"
        style={{ aspectRatio: `${seen.widthPx} / ${seen.heightPx}` }}
      >
        <img src={mediaUrl(seen.picture)} alt="" draggable={false} />
        {seen.faces.map(({ index, box }) => (
          <RadioGroup.Item
            key={index}
            value={String(index)}
            disabled={!usable.some((other) => other.index === index)}
            className={styles.face}
            aria-label={t('portrait.faceNumber', { number: index + 1 })}
            style={{
              left: `${(box.x / seen.widthPx) * 100}%`,
              top: `${(box.y / seen.heightPx) * 100}%`,
              width: `${(box.width / seen.widthPx) * 100}%`,
              height: `${(box.height / seen.heightPx) * 100}%`,
            }}
          >
            <span>{index + 1}</span>
          </RadioGroup.Item>
        ))}
      </RadioGroup.Root>
      <ul className={styles.changes} aria-live="polite">
        {sortedFindings(face?.findings ?? []).map((finding) => (
          <li key={finding.code}>
            <FindingText finding={finding} brief />
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
