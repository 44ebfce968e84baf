import { FileInput, ImagePlus, Square } from 'lucide-react';
import { type ReactElement, type ReactNode, useEffect, useState } from 'react';
import type { SamplePortrait } from '../../../app/contract/portraits.ts';
import type { ProjectSummary } from '../../../app/contract/projects.ts';
import type { StageShape } from '../../../app/media/stage-size.ts';
import { isAbort } from '../../bridge/errors.ts';
import { chooseFile } from '../../bridge/files.ts';
import { mediaUrl, rpc, upload } from '../../bridge/index.ts';
import { useFormat, useLocale, useT } from '../../state/language.ts';
import { navigate } from '../../state/ui-store.ts';
import { Checkbox, cx, DropZone, ErrorBox, Segments, Spinner } from '../../ui/index.ts';
import { createEmpty, createFromPicture, createSample } from './create-project.ts';
import styles from './start.module.css';

/** Each ready-made avatar, the person's own picture, or another's file: a click makes the project and opens it. */
export function StartChoices({ onImport }: { onImport: () => void }): ReactElement {
  const t = useT();
  const format = useFormat();
  const locale = useLocale();
  const [samples, setSamples] = useState<readonly SamplePortrait[]>([]);
  const [shape, setShape] = useState<StageShape>('landscape');
  const [withTalk, setWithTalk] = useState(true);
  const [busy, setBusy] = useState<{ what: string; share: number | null } | null>(null);
  const [error, setError] = useState<unknown>(null);

  useEffect(() => {
    const life = new AbortController();
    rpc.portraits.samples({}, { signal: life.signal }).then(setSamples, (reason: unknown) => {
      if (!life.signal.aborted) setError(reason);
    });
    return () => life.abort();
  }, []);

  const begin = async (what: string, make: () => Promise<ProjectSummary | null>): Promise<void> => {
    setBusy({ what, share: null });
    setError(null);
    try {
      const made = await make();
      if (made !== null) navigate({ screen: 'workspace', projectId: made.id });
    } catch (reason) {
      if (!isAbort(reason)) setError(reason);
    } finally {
      setBusy(null);
    }
  };
  const fromPicture = (file: File | null): Promise<void> =>
    begin('picture', async () => {
      const onProgress = (share: number): void => setBusy({ what: 'picture', share: share < 1 ? share : null });
      const asset = file === null ? await chooseFile('picture', { onProgress }) : await upload(file, { onProgress });
      return asset === null ? null : createFromPicture(asset, shape);
    });
  const tile = (id: string, title: string, text: string, art: ReactNode, act: () => void): ReactElement => (
    <button type="button" className={styles.tile} disabled={busy !== null} onClick={act}>
      <span className={cx(styles.art, busy?.what === id && styles.working)}>
        {art}
        {busy?.what === id && (
          <span className={styles.over}>
            <Spinner />
            {busy.share !== null && format.percent(busy.share)}
          </span>
        )}
      </span>
      <span className={styles.tileTitle}>{title}</span>
      <span className={styles.tileText}>{text}</span>
    </button>
  );

  return (
    <DropZone
      label={t('projects.dropPicture')}
      takesPaste
      disabled={busy !== null}
      onFiles={([file]) => void (file && fromPicture(file))}
    >
      <div className={styles.options}>
        <Segments
          bare
          label={t('projects.shape')}
          value={shape}
          onChange={setShape}
          options={[
            { value: 'landscape', label: t('projects.landscape') },
            { value: 'portrait', label: t('projects.portrait') },
            { value: 'square', label: t('projects.square') },
          ]}
        />
        <Checkbox label={t('projects.withTalk')} checked={withTalk} onChange={setWithTalk} />
      </div>
      <div className={styles.tiles}>
        {tile(
          'picture',
          t('projects.fromPicture'),
          t('projects.fromPictureText'),
          <ImagePlus aria-hidden />,
          () => void fromPicture(null),
        )}
        {samples.map(({ avatar, portrait, background }) =>
          tile(
            avatar.id,
            avatar.name[locale],
            avatar.description[locale],
            <>
              <img src={mediaUrl(background)} alt="" />
              <img src={mediaUrl(portrait)} alt="" className={styles.person} />
            </>,
            () =>
              void begin(avatar.id, () =>
                withTalk ? createSample(avatar.id, avatar.name[locale], shape) : createEmpty(avatar.id, shape),
              ),
          ),
        )}
        {samples[0] !== undefined &&
          tile(
            'empty',
            t('projects.fromNothing'),
            t('projects.fromNothingText'),
            <Square aria-hidden />,
            () => void begin('empty', () => createEmpty(samples[0]!.avatar.id, shape)),
          )}
        {tile('import', t('projects.import'), t('projects.importText'), <FileInput aria-hidden />, onImport)}
      </div>
      <p className={styles.note} role="status">
        {busy?.what === 'picture' && busy.share === null ? t('projects.lookingAtPicture') : t('projects.dropHint')}
      </p>
      {error !== null && <ErrorBox error={error} />}
    </DropZone>
  );
}
