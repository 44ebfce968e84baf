/** A show's figures for machines: whether it is well, as JSON, and all that is counted, as Prometheus' text format 0.0.4. No secrets. */
import type { LiveStatus } from './protocol.ts';

export interface ProcessFigures {
  /** `supervisor`, `session`, `encoder`, `hub`, `publisher`. */
  name: string;
  pid: number;
  rssMb: number;
  cpuPercent: number;
}

export interface LiveHealth {
  status: LiveStatus;
  processes: readonly ProcessFigures[];
}

/** On air, and going out somewhere if it is to go anywhere. */
export function isHealthy({ state, session, destinations }: LiveStatus): boolean {
  const wanted = destinations.filter((each) => each.state !== 'off');
  return (
    state === 'on-air' && session !== null && (wanted.length === 0 || wanted.some((each) => each.state === 'live'))
  );
}

/** What `/health` answers with, one object a show. */
export function healthReport({ status, processes }: LiveHealth): Record<string, unknown> {
  const { session, alarms, ...rest } = status;
  const total = (of: (each: ProcessFigures) => number): number =>
    round(processes.reduce((sum, each) => sum + of(each), 0));
  return {
    healthy: isHealthy(status),
    ...rest,
    alarms: alarms.map(({ id, sinceWallMs, error }) => ({ id, sinceWallMs, code: error.code })),
    session:
      session === null
        ? null
        : {
            ...session,
            position: undefined,
            speaking: session.speaking?.text ?? null,
            next: session.next?.text ?? null,
          },
    memoryMb: total(({ rssMb }) => rssMb),
    cpuPercent: total(({ cpuPercent }) => cpuPercent),
    processes: processes.map((each) => ({ ...each, rssMb: round(each.rssMb), cpuPercent: round(each.cpuPercent) })),
  };
}
const round = (value: number): number => Math.round(value * 10) / 10;

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number | null | undefined];

/** Of all shows; `show` is the label that tells them apart. */
export function prometheusText(shows: readonly LiveHealth[]): string {
  const lines: string[] = [];
  const metric = (
    type: 'gauge' | 'counter',
    name: string,
    help: string,
    of: (health: LiveHealth) => Sample[],
  ): void => {
    const samples = shows.flatMap((health) =>
      of(health).map(([labels, value]): Sample => [{ show: health.status.projectId ?? '', ...labels }, value]),
    );
    const known = samples.filter(([, value]) => value !== null && value !== undefined);
    if (known.length === 0) return;
    lines.push(`# HELP shenghua_live_${name} ${help}`, `# TYPE shenghua_live_${name} ${type}`);
    for (const [labels, value] of known) lines.push(`shenghua_live_${name}${written(labels)} ${value}`);
  };
  const session = (
    type: 'gauge' | 'counter',
    name: string,
    help: string,
    of: (session: NonNullable<LiveStatus['session']>) => number | null,
  ): void => metric(type, name, help, ({ status }) => (status.session === null ? [] : [[{}, of(status.session)]]));
  const destination = (
    type: 'gauge' | 'counter',
    name: string,
    help: string,
    of: (destination: LiveStatus['destinations'][number]) => number,
  ): void =>
    metric(type, name, help, ({ status }) => status.destinations.map((each) => [{ destination: each.id }, of(each)]));

  metric('gauge', 'up', '1 while the show is on air and goes out.', ({ status }) => [[{}, Number(isHealthy(status))]]);
  metric('gauge', 'state', 'The state of the show.', ({ status }) => [[{ state: status.state }, 1]]);
  metric('gauge', 'uptime_seconds', 'Time since the show went on air.', ({ status }) => [[{}, status.uptimeMs / 1000]]);
  session('counter', 'stream_seconds', 'Stream time of the last frame.', ({ streamMs }) => streamMs / 1000);
  session(
    'counter',
    'frames_total',
    'Number of the next frame, from the beginning of the stream.',
    ({ frames }) => frames,
  );
  session(
    'counter',
    'late_frames_total',
    'Frames not drawn when due, given as a duplicate of the one before.',
    (of) => of.lateFrames,
  );
  session(
    'counter',
    'skipped_frames_total',
    'Frames no encoder was given: none was there, or it had fallen behind.',
    ({ skippedFrames }) => skippedFrames,
  );
  session('counter', 'stalls_total', 'Times the process had stood still.', ({ stalls }) => stalls);
  session('gauge', 'fps_in', 'Frames drawn a second.', ({ fpsIn }) => fpsIn);
  session('gauge', 'fps_out', 'Frames fed to the encoder a second.', ({ fpsOut }) => fpsOut);
  session('gauge', 'render_ahead_frames', 'Frames drawn and waiting.', ({ renderAhead }) => renderAhead);
  session('gauge', 'encoder_queue_frames', 'Frames the encoder has not taken yet.', ({ encoderQueue }) => encoderQueue);
  session('gauge', 'encoder_speed_ratio', 'Speed of the encoder; 1 is as fast as the stream.', (of) => of.encoderSpeed);
  session(
    'counter',
    'encoder_restarts_total',
    'Times the encoder began anew.',
    ({ encoderRestarts }) => encoderRestarts,
  );
  session('gauge', 'av_offset_seconds', 'Video minus audio, now.', ({ avOffsetMs }) => avOffsetMs / 1000);
  session(
    'gauge',
    'av_offset_worst_seconds',
    'Video minus audio, the worst so far.',
    (of) => of.worstAvOffsetMs / 1000,
  );
  session('gauge', 'speaking', '1 while something is said.', ({ speaking }) => Number(speaking !== null));
  session('gauge', 'queued_utterances', 'Said by the desk and waiting.', ({ queued }) => queued);
  session('gauge', 'rung', 'Step of the quality ladder; 0 is the full quality.', ({ rung }) => rung.step);
  session('gauge', 'video_bitrate_kbps', 'Bitrate the video is encoded with.', ({ rung }) => rung.videoKbps);
  destination('gauge', 'destination_up', '1 while connected and sending.', ({ state }) => Number(state === 'live'));
  destination('gauge', 'destination_bitrate_kbps', 'What goes out.', ({ bitrateKbps }) => bitrateKbps);
  destination('gauge', 'destination_queue_seconds', 'Media waiting to go out.', ({ queueMs }) => queueMs / 1000);
  destination('counter', 'destination_dropped_frames_total', 'Frames left out.', ({ droppedFrames }) => droppedFrames);
  destination('counter', 'destination_sent_bytes_total', 'Bytes sent.', ({ sentBytes }) => sentBytes);
  destination('counter', 'destination_reconnects_total', 'Connections made anew.', ({ reconnects }) => reconnects);
  metric('gauge', 'recording_bytes', 'Size of the recording.', ({ status: { recording } }) =>
    recording === null ? [] : [[{}, recording.bytes]],
  );
  metric('counter', 'restarts_total', 'Times a process began anew.', ({ status }) =>
    Object.entries(status.restarts).map(([process, times]) => [{ process }, times]),
  );
  metric('gauge', 'alarms', 'Alarms that stand.', ({ status }) => [[{}, status.alarms.length]]);
  metric('gauge', 'process_resident_megabytes', 'Memory of a process.', ({ processes }) =>
    processes.map(({ name, rssMb }) => [{ process: name }, round(rssMb)]),
  );
  metric('gauge', 'process_cpu_percent', 'Of one core.', ({ processes }) =>
    processes.map(({ name, cpuPercent }) => [{ process: name }, round(cpuPercent)]),
  );
  return `${lines.join('\n')}\n`;
}

function written(labels: Labels): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replace(/\\/g, '\\\\').replace(/\n/g, '\\n').replace(/"/g, '\\"')}"`,
  );
  return `{${pairs.join(',')}}`;
}
