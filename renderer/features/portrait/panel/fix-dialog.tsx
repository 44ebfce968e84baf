/** A repaired picture beside the one it was made from; the person says which is used. */
import { Check, Minus } from 'lucide-react';
import { type ReactElement, useEffect, useState } from 'react';
import type { ExaminedPortrait, PortraitFinding, PortraitFix } from '../../../../app/contract/portraits.ts';
import type { PortraitSource } from '../../../../app/document/avatar.ts';
import { describeFinding } from '../../../../app/i18n/findings.ts';
import { mediaUrl, rpc } from '../../../bridge/index.ts';
import { useLocale, useT } from '../../../state/language.ts';
import { openDocument } from '../../../state/project.ts';
import { showErrorToast } from '../../../state/show-error.ts';
import { closeDialog } from '../../../state/ui-store.ts';
import { Button, Dialog, ErrorBox, Spinner } from '../../../ui/index.ts';
import { adopt } from '../adopt.ts';
import { examine } from '../examination.ts';
import { FindingText, sortedFindings } from './findings.tsx';
import styles from './portrait.module.css';

interface Asked {
  portrait: PortraitSource;
  faceIndex: number | null;
  fix: PortraitFix;
}
interface Repaired {
  portrait: PortraitSource;
  before: ExaminedPortrait;
  after: ExaminedPortrait;
  faceIndex: number;
}

/** In the new picture the face is the only one, or has kept its place among the others. */
async function repair({ portrait, faceIndex, fix }: Asked, signal: AbortSignal): Promise<Repaired> {
  const before = await examine(portrait, faceIndex, signal);
  const asset = await rpc.portraits.fix({ portrait, faceIndex, fix }, { signal });
  const source: PortraitSource = { kind: 'asset', asset };
  const all = await examine(source, null, signal);
  if (all.faces.length === 0) throw { code: 'portrait.no-face', params: {}, retryable: false };
  const wanted = before.chosen ?? 0;
  const index = all.faces.length === before.faces.length ? wanted : largestOf(all);
  const after = all.chosen === index ? all : await examine(source, index, signal);
  return { portrait: source, before, after, faceIndex: index };
}
const largestOf = ({ faces }: ExaminedPortrait): number =>
  faces.reduce((best, { box }, index) => (box.width > faces[best]!.box.width ? index : best), 0);

export default function FixDialog({ argument }: { argument: unknown }): ReactElement {
  const t = useT();
  const locale = useLocale();
  const asked = argument as Asked;
  const [repaired, setRepaired] = useState<Repaired | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [round, setRound] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a round tries again.
  useEffect(() => {
    const stop = new AbortController();
    setError(null);
    repair(asked, stop.signal).then(setRepaired, (fault: unknown) => !stop.signal.aborted && setError(fault));
    return () => stop.abort();
  }, [asked, round]);

  const use = ({ portrait, before, after, faceIndex }: Repaired): void => {
    const own = openDocument()?.avatar.landmarks ?? null;
    const sameShape = before.widthPx === after.widthPx && before.heightPx === after.heightPx;
    const relit = asked.fix === 'brighten' || asked.fix === 'darken';
    const keeps = relit && sameShape;
    closeDialog();
    adopt({
      label: 'portrait.stepFix',
      portrait,
      seen: after,
      faceIndex,
      landmarks: keeps ? own : null,
      keepsFraming: keeps,
    }).catch(showErrorToast);
  };
  const findingsOf = (seen: ExaminedPortrait): PortraitFinding[] =>
    sortedFindings(seen.faces[seen.chosen ?? 0]?.findings ?? []);
  const left = repaired === null ? [] : findingsOf(repaired.after);
  const gone =
    repaired === null
      ? []
      : findingsOf(repaired.before).filter(({ code }) => !left.some((finding) => finding.code === code));
  return (
    <Dialog
      title={t(`portrait.fix-${asked.fix}`)}
      size="wide"
      onClose={closeDialog}
      footer={
        <>
          <Button onClick={closeDialog}>{t('portrait.keepOriginal')}</Button>
          <Button tone="primary" disabled={repaired === null} onClick={() => repaired && use(repaired)}>
            {t('portrait.useThis')}
          </Button>
        </>
      }
    >
      {error !== null ? (
        <ErrorBox error={error} onRetry={() => setRound(round + 1)} />
      ) : repaired === null ? (
        <p className={styles.waiting} role="status">
          <Spinner />
          {t('portrait.fixing')}
        </p>
      ) : (
        <div className={styles.compare}>
          <figure>
            <figcaption>{t('portrait.before')}</figcaption>
            <img src={mediaUrl(repaired.before.picture)} alt={t('portrait.before')} />
            <ul className={styles.changes}>
              {gone.map((finding) => (
                <li key={finding.code}>
                  <Minus aria-hidden />
                  {describeFinding(finding.code, locale).message}
                </li>
              ))}
            </ul>
          </figure>
          <figure>
            <figcaption>{t('portrait.after')}</figcaption>
            <img src={mediaUrl(repaired.after.picture)} alt={t('portrait.after')} />
            <ul className={styles.changes}>
              {left.length === 0 && (
                <li>
                  <Check aria-hidden />
                  {t('portrait.allGood')}
                </li>
              )}
              {left.map((finding) => (
                <li key={finding.code}>
                  <FindingText finding={finding} brief />
                </li>
              ))}
            </ul>
          </figure>
        </div>
      )}
    </Dialog>
  );
}
