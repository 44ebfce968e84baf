import { Music, Trash2 } from 'lucide-react';
import type { ReactElement } from 'react';
import type { LiveOutput, Show } from '../../../../app/document/live.ts';
import { checkOutput, describeProblem, PLATFORM_IDS } from '../../../../app/live/platforms.ts';
import { useLanguage, useT } from '../../../state/language.ts';
import { sealEdit, useDocument } from '../../../state/project.ts';
import {
  Button,
  IconButton,
  NumberField,
  Section,
  Segments,
  Select,
  Slider,
  Switch,
  ToneIcon,
} from '../../../ui/index.ts';
import styles from '../live.module.css';
import { editLive } from '../live-edits.ts';
import { fileFor } from './new-segment.ts';

const PRESETS = ['ultrafast', 'superfast', 'veryfast', 'faster', 'fast', 'medium'] as const;

const setOutput = (change: Partial<LiveOutput>, mergeKey?: string): void =>
  editLive('live.edit_output', ({ output }) => void Object.assign(output, change), mergeKey);
const setShow = (change: Partial<Show>, mergeKey?: string): void =>
  editLive('live.edit_show', ({ show }) => void Object.assign(show, change), mergeKey);

/** How the stream is encoded, and what holds for the whole show. */
export function StreamTab(): ReactElement {
  const t = useT();
  const output = useDocument(({ live }) => live.output);
  const { videoKbps, audioKbps, keyframeSeconds, preset, encoder, ladder, recording } = output;
  return (
    <div className={styles.form}>
      <Section id="live.quality" title={t('live.quality')}>
        <NumberField
          label={t('live.videoKbps')}
          value={videoKbps}
          min={300}
          max={20_000}
          step={100}
          reset={2500}
          unit="kbps"
          onChange={(next) => setOutput({ videoKbps: next }, 'output.video')}
          onCommit={sealEdit}
        />
        <NumberField
          label={t('live.audioKbps')}
          value={audioKbps}
          min={48}
          max={320}
          step={16}
          reset={128}
          unit="kbps"
          onChange={(next) => setOutput({ audioKbps: next }, 'output.audio')}
          onCommit={sealEdit}
        />
        <NumberField
          label={t('live.keyframes')}
          value={keyframeSeconds}
          min={1}
          max={10}
          step={0.5}
          reset={2}
          unit={t('live.seconds')}
          onChange={(next) => setOutput({ keyframeSeconds: next }, 'output.keyframes')}
          onCommit={sealEdit}
        />
        <Select
          label={t('live.preset')}
          value={preset}
          onChange={(next) => setOutput({ preset: next })}
          options={PRESETS.map((value) => ({ value, label: t(`live.preset_${value}`) }))}
        />
        <Segments
          label={t('live.encoderKind')}
          value={encoder}
          onChange={(next) => setOutput({ encoder: next })}
          options={[
            { value: 'auto', label: t('live.encoder_auto') },
            { value: 'software', label: t('live.encoder_software') },
          ]}
        />
        <Switch label={t('live.ladder')} checked={ladder} onChange={(next) => setOutput({ ladder: next })} />
        <p className={styles.note}>{t('live.ladderHint')}</p>
        <Limits />
      </Section>
      <Section id="live.recording" title={t('live.recording')}>
        <Switch
          label={t('live.record')}
          checked={recording !== null}
          onChange={(on) => setOutput({ recording: on ? { splitMinutes: 60, splitMegabytes: 4000 } : null })}
        />
        {recording !== null && (
          <>
            <NumberField
              label={t('live.splitMinutes')}
              value={recording.splitMinutes}
              min={1}
              max={1440}
              step={5}
              reset={60}
              unit="min"
              onChange={(splitMinutes) => setOutput({ recording: { ...recording, splitMinutes } }, 'output.minutes')}
              onCommit={sealEdit}
            />
            <NumberField
              label={t('live.splitMegabytes')}
              value={recording.splitMegabytes}
              min={10}
              max={100_000}
              step={100}
              reset={4000}
              unit="MB"
              onChange={(splitMegabytes) =>
                setOutput({ recording: { ...recording, splitMegabytes } }, 'output.megabytes')
              }
              onCommit={sealEdit}
            />
          </>
        )}
      </Section>
      <ShowSettings />
      <MusicSettings />
    </div>
  );
}

/** What the platforms that it goes to do not take of this, while it can still be changed. */
function Limits(): ReactElement | null {
  const { locale } = useLanguage();
  const output = useDocument(({ live }) => live.output);
  const destinations = useDocument(({ live }) => live.destinations);
  const size = useDocument(({ stage }) => stage.size) ?? { widthPx: 1280, heightPx: 720 };
  const fps = useDocument(({ stage }) => stage.fps);
  const platforms = PLATFORM_IDS.filter((id) =>
    destinations.some(({ platform, enabled }) => enabled && platform === id),
  );
  const problems = platforms.flatMap((id) =>
    checkOutput(id, { ...size, fps, ...output }).map((problem) => ({
      key: `${id} ${problem.code}`,
      severity: problem.severity,
      words: describeProblem(id, problem, locale),
    })),
  );
  if (problems.length === 0) return null;
  return (
    <ul className={styles.limits}>
      {problems.map(({ key, severity, words }) => (
        <li key={key}>
          <ToneIcon tone={severity} />
          <span>{words}</span>
        </li>
      ))}
    </ul>
  );
}

function ShowSettings(): ReactElement {
  const t = useT();
  const order = useDocument(({ live }) => live.show.order);
  const rounds = useDocument(({ live }) => live.show.rounds);
  const gapMs = useDocument(({ live }) => live.show.gapMs);
  return (
    <Section id="live.show" title={t('live.wholeShow')}>
      <Segments
        label={t('live.order')}
        value={order}
        onChange={(next) => setShow({ order: next })}
        options={[
          { value: 'written', label: t('live.order_written') },
          { value: 'shuffled', label: t('live.order_shuffled') },
        ]}
      />
      <Switch
        label={t('live.forEver')}
        checked={rounds === null}
        onChange={(on) => setShow({ rounds: on ? null : 1 })}
      />
      {rounds !== null && (
        <NumberField
          label={t('live.rounds')}
          value={rounds}
          min={1}
          max={1_000_000}
          step={1}
          onChange={(next) => setShow({ rounds: next }, 'show.rounds')}
          onCommit={sealEdit}
        />
      )}
      <NumberField
        label={t('live.gap')}
        value={gapMs}
        min={0}
        max={60_000}
        step={100}
        scale={0.001}
        reset={600}
        unit={t('live.seconds')}
        onChange={(next) => setShow({ gapMs: next }, 'show.gap')}
        onCommit={sealEdit}
      />
    </Section>
  );
}

function MusicSettings(): ReactElement {
  const t = useT();
  const { tracks, volume, duckedVolume } = useDocument(({ live }) => live.show.music);
  const set = (change: Partial<Show['music']>, mergeKey?: string): void =>
    editLive('live.edit_music', ({ show }) => void Object.assign(show.music, change), mergeKey);
  const add = async (): Promise<void> => {
    const asset = await fileFor('sound');
    if (asset !== null) set({ tracks: [...tracks, asset] });
  };
  return (
    <Section id="live.music" title={t('live.music')}>
      <ul className={styles.tracks}>
        {tracks.map((track, at) => (
          <li key={`${track.sha256} ${at.toString()}`}>
            <Music aria-hidden />
            <span title={track.fileName}>{track.fileName || t('live.file')}</span>
            <IconButton
              small
              icon={Trash2}
              label={t('live.removeTrack', { name: track.fileName })}
              onClick={() => set({ tracks: tracks.filter((_, index) => index !== at) })}
            />
          </li>
        ))}
      </ul>
      {tracks.length === 0 && <p className={styles.note}>{t('live.noMusic')}</p>}
      <Button icon={Music} onClick={() => void add()}>
        {t('live.addTrack')}
      </Button>
      {tracks.length > 0 && (
        <>
          <Slider
            label={t('live.musicVolume')}
            value={volume}
            min={0}
            max={1}
            step={0.01}
            scale={100}
            unit="%"
            reset={0.25}
            onChange={(next) => set({ volume: next }, 'music.volume')}
            onCommit={sealEdit}
          />
          <Slider
            label={t('live.duckedVolume')}
            value={duckedVolume}
            min={0}
            max={1}
            step={0.01}
            scale={100}
            unit="%"
            reset={0.08}
            onChange={(next) => set({ duckedVolume: next }, 'music.ducked')}
            onCommit={sealEdit}
          />
        </>
      )}
    </Section>
  );
}
