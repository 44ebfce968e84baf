/** A show on air as its host sees it: what it is begun with, what may be asked of it, what it tells. */
import type { Project } from '../../../app/document/project.ts';
import type { StudioError } from '../../../app/errors/index.ts';
import type { AlarmEvent } from '../../../app/live/alarms.ts';
import type { LiveHealth } from '../../../app/live/health.ts';
import type { LiveCommand, LiveStatus, ShowPosition, UtteranceTrace } from '../../../app/live/protocol.ts';
import type { RecordingOptions } from '../../broadcast/publisher/protocol.ts';
import type { LiveShowRepository } from '../../storage/repositories/live-shows.ts';
import type { SessionProviders } from '../session/messages.ts';
import type { LiveParts } from './parts.ts';
import type { Redactor } from './redact.ts';
import type { TraceLog } from './trace-log.ts';
import type { Webhook } from './webhook.ts';

export interface LiveDestination {
  id: string;
  /** The server's address; with the key at its end where `key` is empty. */
  url: string;
  key: string;
}

export interface LiveShow {
  readonly projectId: string;
  status(): LiveStatus;
  /** The status now, and after each change, at least once a second; a slow reader gets the latest. Ends with the show, or by `signal`. */
  watch(signal?: AbortSignal): AsyncIterableIterator<LiveStatus>;
  /** @throws StudioError live.not-on-air */
  command(command: LiveCommand): void;
  reconnectNow(destinationId: string): void;
  /** All there are to be; those that stay the same go on untouched. */
  setDestinations(destinations: readonly LiveDestination[]): void;
  /**
   * graceful: the sentence is finished, the closing played, all is flushed; otherwise it is flushed at once. Resolves when every process
   * is gone. Called again it hurries: not graceful overrides graceful. comeBack: this process ends, not the show; it goes on air again
   * at the next start.
   */
  stop(how: { graceful: boolean; comeBack?: boolean }): Promise<void>;
  /** The last `count` utterances' ways, oldest first. */
  trace(count: number): UtteranceTrace[];
  health(): LiveHealth;
  /** Raised and cleared, for notifications on the desktop. @returns how to stop listening */
  onAlarm(listener: (event: AlarmEvent) => void): () => void;
  /** HTTP-FLV of what goes out, for a preview on this machine; it holds the playing token. null while there is no hub. */
  previewUrl(): string | null;
  /** Resolves when every process is gone: null after a stop or the show's own end, otherwise why it could not go on. */
  readonly ended: Promise<StudioError | null>;
}

export interface LiveShowOptions {
  project: Project;
  position: ShowPosition | null;
  destinations: readonly LiveDestination[];
  recording: RecordingOptions | null;
  /** From the first frame on; null: until it is stopped. */
  forMs: number | null;
  dataDir: string;
  ffmpegPath?: string | undefined;
  /** How voices are set up and their keys, as of now; they travel over IPC alone. Absent: as the data folder says. */
  providers?: (() => Promise<SessionProviders>) | undefined;
  /** Accelerated: see `sessionRequestSchema`. */
  virtualClock?: boolean | undefined;
  store: Pick<LiveShowRepository, 'savePosition' | 'saveDocument' | 'saveDestinations' | 'end'>;
  parts: LiveParts;
  log: TraceLog;
  redactor: Redactor;
  webhook: Webhook | null;
  /** Called once, before `ended` resolves. */
  onEnded(): void;
}
