import type { ReactElement, ReactNode } from 'react';
import { consentWarning, dayOf } from '../../../app/document/consent.ts';
import type { Project } from '../../../app/document/project.ts';
import { errorText } from '../../bridge/errors.ts';
import { useLanguage } from '../../state/language.ts';
import { closeDialog, selectLine, showTab } from '../../state/ui-store.ts';
import { Button, type Tone, ToneIcon } from '../../ui/index.ts';
import styles from './export.module.css';
import { hasSomethingToSay, type TalkFacts } from './talk-length.ts';

function Notice(props: { tone: Tone; message: string; hint?: string; children?: ReactNode }): ReactElement {
  return (
    <li className={styles.notice} data-tone={props.tone}>
      <ToneIcon tone={props.tone} />
      <div>
        <p>{props.message}</p>
        {props.hint !== undefined && <p>{props.hint}</p>}
        {props.children}
      </div>
    </li>
  );
}

const inspect = (tab: string): void => {
  showTab('inspector', tab);
  closeDialog();
};

/** What is to be known before an export begins: what stops it first, then what the law and the person portrayed may ask. */
export function Notices({ project, facts }: { project: Project; facts: TalkFacts }): ReactElement {
  const { t, locale } = useLanguage();
  const consent = consentWarning(project.avatar, dayOf(new Date()));
  const { aiMark } = project.stage;
  const [firstFaulty] = facts.faultyLines;
  const consentWords = consent === null ? null : errorText(consent, locale, t);
  return (
    <ul className={styles.notices} aria-label={t('export.notices')}>
      {!hasSomethingToSay(project) && (
        <Notice tone="error" message={t('export.nothingToSay')} hint={t('export.nothingToSayHint')} />
      )}
      {firstFaulty !== undefined && (
        <Notice
          tone="error"
          message={t('export.faultyLines', { count: facts.faultyLines.length })}
          hint={t('export.faultyLinesHint')}
        >
          <Button
            onClick={() => {
              selectLine(firstFaulty);
              closeDialog();
            }}
          >
            {t('export.showLine')}
          </Button>
        </Notice>
      )}
      {consentWords !== null && (
        <Notice tone="warning" message={consentWords.message} hint={consentWords.hint}>
          <Button onClick={() => inspect('portrait')}>{t('export.toPortrait')}</Button>
        </Notice>
      )}
      {aiMark.visible ? (
        <Notice tone="info" message={t('export.aiLabel', { text: aiMark.text })} />
      ) : (
        <Notice tone="warning" message={t('export.aiMarkOff')} hint={t('export.aiMarkOffHint')}>
          <Button onClick={() => inspect('stage')}>{t('export.toStage')}</Button>
        </Notice>
      )}
    </ul>
  );
}
