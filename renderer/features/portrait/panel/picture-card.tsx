/** The portrait as it is used, and the ways to another one. */
import { Camera, ImageUp } from 'lucide-react';
import type { ReactElement } from 'react';
import { useAction } from '../../../actions/registry.ts';
import { mediaUrl } from '../../../bridge/index.ts';
import { useT } from '../../../state/language.ts';
import { useDocument } from '../../../state/project.ts';
import { openDialog } from '../../../state/ui-store.ts';
import { Button, ErrorBox, IconButton, Spinner, Tooltip } from '../../../ui/index.ts';
import type { Examination } from '../examination.ts';
import { useFileFacts } from './file-facts.ts';
import styles from './portrait.module.css';
import { useSamples } from './samples.ts';

export function PictureCard({ examination }: { examination: Examination }): ReactElement {
  const t = useT();
  const choose = useAction('portrait.choose');
  const photo = useAction('portrait.photo');
  const tools = [useAction('portrait.points'), useAction('portrait.framing'), useAction('portrait.crop')];
  const portrait = useDocument(({ avatar }) => avatar.portrait);
  const byHand = useDocument(({ avatar }) => avatar.landmarks !== null);
  const facts = useFileFacts(examination);
  const sample = useSamples()?.find(({ avatar }) => portrait.kind === 'sample' && avatar.id === portrait.id);
  return (
    <div className={styles.card}>
      <div className={styles.picture} data-testid="portrait-picture">
        {examination.state === 'seen' ? (
          <>
            {sample !== undefined && <img src={mediaUrl(sample.background)} alt="" draggable={false} data-room />}
            <img
              src={mediaUrl(examination.portrait.picture)}
              alt={t('portrait.pictureAlt', { name: facts.name })}
              draggable={false}
            />
          </>
        ) : examination.state === 'looking' ? (
          <p className={styles.looking} role="status">
            <Spinner />
            {t('portrait.looking')}
          </p>
        ) : (
          <ErrorBox error={examination.error} onRetry={examination.retry} />
        )}
        <div className={styles.tools}>
          {tools.map(({ action, label, shortcut, disabled, run }) => (
            <IconButton
              key={action.id}
              icon={action.icon!}
              label={label}
              shortcut={shortcut}
              disabled={disabled}
              onClick={run}
            />
          ))}
        </div>
      </div>
      <div className={styles.facts}>
        <Tooltip label={facts.name}>
          <span className={styles.name}>{facts.name}</span>
        </Tooltip>
        <span>{facts.detail}</span>
        {byHand && <span>{t('portrait.pointsByHand')}</span>}
      </div>
      <div className={styles.ways}>
        <Button tone="primary" icon={ImageUp} onClick={choose.run}>
          {t('portrait.choosePicture')}
        </Button>
        <Button icon={Camera} onClick={photo.run}>
          {t('portrait.takePhotoShort')}
        </Button>
      </div>
      <p className={styles.note}>{t('portrait.dropHint')}</p>
      {examination.state === 'seen' && examination.portrait.faces.length > 1 && (
        <Button onClick={() => openDialog('portrait.faces', { portrait, seen: examination.portrait })}>
          {examination.face === null
            ? t('portrait.chooseFace')
            : t('portrait.faceOf', { number: examination.face.index + 1, count: examination.portrait.faces.length })}
        </Button>
      )}
    </div>
  );
}
