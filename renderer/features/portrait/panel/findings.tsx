/** What the source doctor says about the face in use, and what the studio can do about it. */
import { Wand2 } from 'lucide-react';
import type { ReactElement } from 'react';
import type { PortraitFinding } from '../../../../app/contract/portraits.ts';
import { describeFinding } from '../../../../app/i18n/findings.ts';
import { useLocale, useT } from '../../../state/language.ts';
import { useDocument } from '../../../state/project.ts';
import { openDialog } from '../../../state/ui-store.ts';
import { Badge, Button, Section, type Tone, ToneIcon } from '../../../ui/index.ts';
import type { Examination } from '../examination.ts';
import { faultOf } from '../import/take-picture.ts';
import styles from './portrait.module.css';

export const TONES: Readonly<Record<PortraitFinding['severity'], Tone>> = {
  info: 'info',
  warning: 'warning',
  severe: 'error',
};
const WORST_FIRST: Readonly<Record<PortraitFinding['severity'], number>> = { severe: 0, warning: 1, info: 2 };

export const sortedFindings = (findings: readonly PortraitFinding[]): PortraitFinding[] =>
  [...findings].sort((a, b) => WORST_FIRST[a.severity] - WORST_FIRST[b.severity]);

export function FindingText({ finding, brief = false }: { finding: PortraitFinding; brief?: boolean }): ReactElement {
  const t = useT();
  const { message, advice } = describeFinding(finding.code, useLocale());
  const tone = TONES[finding.severity];
  return (
    <>
      <ToneIcon tone={tone} />
      <div className={styles.findingText}>
        <p>
          <span className="visually-hidden">{t(`portrait.severity-${finding.severity}`)} </span>
          {message}
        </p>
        {!brief && <p>{advice}</p>}
      </div>
    </>
  );
}

export function Findings({ examination }: { examination: Examination }): ReactElement | null {
  const t = useT();
  const portrait = useDocument(({ avatar }) => avatar.portrait);
  const faceIndex = useDocument(({ avatar }) => avatar.faceIndex);
  const byHand = useDocument(({ avatar }) => avatar.landmarks !== null);
  if (examination.state !== 'seen' || examination.portrait.drawn) return null;
  const { face } = examination;
  if (face === null) {
    if (byHand) return null;
    const none = faultOf(examination.portrait, null) !== null;
    return <p className={styles.noFace}>{t(none ? 'portrait.noFaceUsable' : 'portrait.noFaceChosen')}</p>;
  }
  const findings = sortedFindings(face.findings);
  const worst = findings[0]?.severity;
  return (
    <Section
      id="portrait.findings"
      title={t('portrait.findings')}
      tools={
        worst === undefined ? (
          <Badge tone="success">{t('portrait.allGood')}</Badge>
        ) : (
          <Badge tone={TONES[worst]}>{t('portrait.findingCount', { count: findings.length })}</Badge>
        )
      }
    >
      {findings.length === 0 ? (
        <p className={styles.note}>{t('portrait.allGoodText')}</p>
      ) : (
        <ul className={styles.findings}>
          {findings.map((finding) => (
            <li key={finding.code} data-severity={finding.severity}>
              <FindingText finding={finding} />
              {finding.fix !== null && (
                <Button
                  icon={Wand2}
                  onClick={() =>
                    openDialog('portrait.fix', { portrait, faceIndex, fix: finding.fix, code: finding.code })
                  }
                >
                  {t(`portrait.fix-${finding.fix}`)}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
