import { Copy, Download, ExternalLink, FolderSearch, Pencil, Trash2 } from 'lucide-react';
import { type ReactElement, type ReactNode, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { Work, WorkDetails, WorkFile } from '../../../app/contract/library.ts';
import { exportPresets } from '../../../app/document/export-presets.ts';
import { desktop, mediaUrl, rpc } from '../../bridge/index.ts';
import { useFormat, useLocale, useT } from '../../state/language.ts';
import { studioStore } from '../../state/studio-store.ts';
import { hashOf } from '../../state/ui-store.ts';
import { Button, ErrorBox, IconButton, Spinner, TextField } from '../../ui/index.ts';
import { useVoiceList } from '../voice/voice-list.ts';
import { useVoiceWords } from '../voice/voice-words.ts';
import styles from './library.module.css';
import { copyText, doing, LONGEST_NAME, removeWork, save } from './work-operations.ts';

/** One work: played, described, taken elsewhere. */
export function WorkPane({ work: listed }: { work: Work }): ReactElement {
  const t = useT();
  // The list was true when it was told; a file may have gone since.
  const [gone, setGone] = useState(false);
  const work = gone ? { ...listed, missing: true } : listed;
  const look = (): void =>
    void rpc.library.details({ id: work.id }).then(
      ({ missing }) => setGone(missing),
      () => {},
    );
  const [renaming, setRenaming] = useState(false);
  const mayReveal = useStore(studioStore, ({ info }) => info?.capabilities.revealInFolder === true);
  const main = work.files[0];
  return (
    <section className={styles.pane} aria-label={work.name}>
      <Player work={work} onFault={look} />
      <div className={styles.titleRow}>
        {renaming ? (
          <TextField
            bare
            label={t('library.nameOf', { name: work.name })}
            value={work.name}
            maxLength={LONGEST_NAME}
            autoFocus
            onFocus={(event) => event.currentTarget.select()}
            onCommit={(next) => {
              if (next.trim() !== '') doing(rpc.library.rename({ id: work.id, name: next.trim() }));
            }}
            onKeyDown={({ key, nativeEvent }) => {
              if (!nativeEvent.isComposing && (key === 'Enter' || key === 'Escape'))
                setTimeout(() => setRenaming(false));
            }}
            onBlurCapture={() => setTimeout(() => setRenaming(false))}
          />
        ) : (
          <h2>{work.name}</h2>
        )}
        {!renaming && <IconButton small icon={Pencil} label={t('ui.rename')} onClick={() => setRenaming(true)} />}
      </div>
      <div className={styles.tools}>
        {main !== undefined && (
          <Button tone="primary" icon={Download} disabled={work.missing} onClick={() => doing(save(main))}>
            {t(desktop === null ? 'library.download' : 'library.saveAs')}
          </Button>
        )}
        {mayReveal && (
          <Button
            icon={FolderSearch}
            disabled={work.missing}
            onClick={() => doing(rpc.library.reveal({ id: work.id }))}
          >
            {t('library.reveal')}
          </Button>
        )}
        <a className={styles.toProject} href={hashOf({ screen: 'workspace', projectId: work.projectId })}>
          <ExternalLink aria-hidden />
          {t('library.openProject')}
        </a>
        <span className={styles.spring} />
        <IconButton icon={Trash2} label={t('ui.delete')} shortcut="Delete" onClick={() => doing(removeWork(work))} />
      </div>
      <Details work={work} />
    </section>
  );
}

function Player({ work, onFault }: { work: Work; onFault: () => void }): ReactElement {
  const t = useT();
  const { files, format, thumbnail, missing, name } = work;
  const main = files[0];
  const subtitles = files.find(({ mediaType }) => mediaType === 'text/vtt');
  if (missing || main === undefined) {
    return (
      <div className={styles.gone}>
        <p>{t('library.missingText')}</p>
      </div>
    );
  }
  const src = mediaUrl(main.path);
  if (format === 'wav') {
    return (
      // biome-ignore lint/a11y/useMediaCaption: sound alone; its subtitles, if any, are a file of their own below.
      <audio className={styles.sound} controls preload="metadata" src={src} aria-label={name} onError={onFault} />
    );
  }
  if (format === 'gif') return <img className={styles.player} src={src} alt={name} onError={onFault} />;
  return (
    <video
      className={styles.player}
      data-alpha={format === 'webm' || undefined}
      controls
      preload="metadata"
      src={src}
      aria-label={name}
      onError={onFault}
      {...(thumbnail !== null && { poster: mediaUrl(thumbnail) })}
    >
      {subtitles !== undefined && <track kind="captions" src={mediaUrl(subtitles.path)} default />}
    </video>
  );
}

function Details({ work }: { work: Work }): ReactElement {
  const t = useT();
  const format = useFormat();
  const locale = useLocale();
  const [details, setDetails] = useState<WorkDetails | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [round, setRound] = useState(0);
  const { voices: known } = useVoiceList();
  const words = useVoiceWords();
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked for again by `round`.
  useEffect(() => {
    const life = new AbortController();
    setError(null);
    rpc.library.details({ id: work.id }, { signal: life.signal }).then(setDetails, (reason: unknown) => {
      if (!life.signal.aborted) setError(reason);
    });
    return () => life.abort();
  }, [work.id, round]);
  if (error !== null) return <ErrorBox error={error} onRetry={() => setRound(round + 1)} />;
  if (details === null) return <Spinner label={t('shell.loading')} />;

  const { consent, consentState } = details;
  const voices = details.voices.map((id) => {
    const voice = known?.find((each) => each.id === id);
    return voice === undefined ? id : words.title(voice);
  });
  const preset = details.preset === null ? null : exportPresets[details.preset].name[locale];
  return (
    <>
      <dl className={styles.details}>
        <Fact name={t('library.made')}>{format.dateTime(details.createdAtMs)}</Fact>
        <Fact name={t('library.project')}>{details.projectName}</Fact>
        {preset !== null && <Fact name={t('library.preset')}>{preset}</Fact>}
        <Fact name={t('library.lengthWord')}>{format.clock(details.durationMs, true)}</Fact>
        {details.widthPx > 0 && (
          <Fact name={t('library.picture')}>
            {t('library.pictureFacts', {
              width: String(details.widthPx),
              height: String(details.heightPx),
              fps: details.fps,
            })}
          </Fact>
        )}
        <Fact name={t('library.encoder')}>
          {t('library.encoderTook', { encoder: details.encoder, time: format.duration(details.wallMs) })}
        </Fact>
        <Fact name={t('library.voices')}>{voices.join(', ') || t('library.noVoice')}</Fact>
        <Fact name={t('library.consent')}>
          {consent === null
            ? t.any(`library.consent_${consentState}`)
            : t('library.consentOf', {
                person: consent.person,
                from: consent.grantedOn,
                until: consent.expiresOn ?? t('library.noEnd'),
                state: t.any(`library.consent_${consentState}`),
              })}
          {consent !== null && consent.scope !== '' && <span className={styles.more}>{consent.scope}</span>}
        </Fact>
        <Fact name={t('library.aiLabel')}>
          {details.widthPx > 0 && t(details.aiMarkVisible ? 'library.aiMarkOn' : 'library.aiMarkOff')}
          <Code text={details.produceId} what={t('library.copyProduceId')} />
        </Fact>
        <Fact name={t('library.sha256')}>
          <Code text={details.sha256} what={t('library.copySha256')} />
        </Fact>
        <Fact name={t('library.software')}>{details.software}</Fact>
        <Fact name={t('library.folder')}>
          <Code text={details.folder} what={t('library.copyFolder')} />
        </Fact>
      </dl>
      <h3 className={styles.filesTitle}>{t('library.files')}</h3>
      <ul className={styles.files}>
        {details.files.map((file) => (
          <FileRow key={file.fileName} file={file} disabled={details.missing && file === details.files[0]} />
        ))}
      </ul>
    </>
  );
}

const Fact = ({ name, children }: { name: string; children: ReactNode }): ReactElement => (
  <div>
    <dt>{name}</dt>
    <dd className="selectable">{children}</dd>
  </div>
);

/** Long and exact; copied rather than read. */
const Code = ({ text, what }: { text: string; what: string }): ReactElement => (
  <span className={styles.code}>
    <code title={text}>{text}</code>
    <IconButton small icon={Copy} label={what} onClick={() => void copyText(text)} />
  </span>
);

function FileRow({ file, disabled }: { file: WorkFile; disabled: boolean }): ReactElement {
  const t = useT();
  const format = useFormat();
  return (
    <li>
      <span title={file.fileName}>{file.fileName}</span>
      <span>{format.bytes(file.bytes)}</span>
      <IconButton
        small
        icon={Download}
        label={t('library.downloadNamed', { name: file.fileName })}
        disabled={disabled}
        onClick={() => doing(save(file))}
      />
    </li>
  );
}
