/**
 * Shows on air, for an interface: the supervisor of this process, what the document says while it is being edited, and the keys. What
 * was on air when the process ended goes on at the next start.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { StudioContract } from '../../../app/contract/index.ts';
import type { CheckItem } from '../../../app/contract/live.ts';
import type { SystemEvent } from '../../../app/contract/system.ts';
import type { LiveOverlay } from '../../../app/document/live-overlays.ts';
import type { Project } from '../../../app/document/project.ts';
import { StudioError } from '../../../app/errors/index.ts';
import type { LiveHealth } from '../../../app/live/health.ts';
import type { LiveStatus } from '../../../app/live/protocol.ts';
import type { Studio } from '../../compose.ts';
import type { SecretStore } from '../../engine/ports/secrets.ts';
import type { CheckResult } from '../../live/supervisor/checklist.ts';
import type { LiveShow } from '../../live/supervisor/live-show.ts';
import type { LiveSupervisor } from '../../live/supervisor/live-supervisor.ts';
import type { Storage } from '../../storage/open.ts';
import { createBroadcast } from '../broadcast.ts';
import type { ProjectService } from '../projects.ts';
import type { MediaProvider, ServiceOf } from '../service.ts';
import { watchPaced } from '../watch-paced.ts';
import { toWireError } from '../wire-error.ts';
import { keyName, readyDestinations } from './destinations.ts';
import { playStream } from './play-stream.ts';

export interface LiveServiceOptions {
  studio: Pick<Studio, 'ffmpeg' | 'paths'> & { providers?: Pick<Studio['providers'], 'forChild'> };
  ffmpegPath?: string | undefined;
  storage: Pick<Storage, 'liveShows'>;
  projects: Pick<ProjectService, 'current' | 'documents'>;
  secrets: SecretStore;
  /** Where recordings of shows go. */
  recordingFolder(): string;
  tell(notice: SystemEvent): void;
  /** In the studio's place, for tests. */
  supervisor?: (() => Promise<LiveSupervisor>) | undefined;
}

export interface LiveService extends AsyncDisposable {
  readonly calls: ServiceOf<StudioContract['live']>;
  /** `/media/live/<projectId>.flv`: what goes out, as long as somebody looks. */
  readonly media: MediaProvider;
  /** Of the shows on air, for whoever watches over this machine. */
  health(): LiveHealth[];
  /** Puts back on air what was when the studio ended. */
  resume(): Promise<void>;
}

/** Of a document's edits: a word that is half typed is not spoken. */
const EDIT_SETTLES_MS = 700;
const TOLD_EVERY_MS = 250;
/** Among the secrets: the address may hold a token. */
const ALARM_HOOK = 'alarm-webhook';

export function createLiveService(options: LiveServiceOptions): LiveService {
  const { studio, storage, projects, secrets, tell } = options;
  const changes = createBroadcast<void>();
  /** Of shows that have ended since the studio started: how. */
  const endings = new Map<string, LiveStatus>();
  const life = new AbortController();

  let opened: Promise<LiveSupervisor> | undefined;
  let supervisorNow: LiveSupervisor | null = null;
  const supervisor = (): Promise<LiveSupervisor> => {
    opened ??= (options.supervisor ?? open)().then((one) => {
      supervisorNow = one;
      return one;
    });
    return opened;
  };
  const open = async (): Promise<LiveSupervisor> => {
    // Not on the way to the first page.
    const { createLiveSupervisor } = await import('../../live/supervisor/live-supervisor.ts');
    return createLiveSupervisor({
      ...{ dataDir: studio.paths.dataDir, ffmpegPath: options.ffmpegPath, liveShows: storage.liveShows },
      ...{ host: 'studio', ffmpeg: studio.ffmpeg, providers: studio.providers?.forChild },
    });
  };
  const shows = (): LiveShow[] => supervisorNow?.shows() ?? [];
  /** @throws StudioError live.not-on-air */
  const showOf = (projectId: string): LiveShow => {
    const show = supervisorNow?.show(projectId) ?? null;
    if (show === null) throw new StudioError('live.not-on-air');
    return show;
  };
  const recordingDir = (record: boolean): string | null => (record ? options.recordingFolder() : null);

  const check = async (project: Project, record: boolean, signal: AbortSignal): Promise<CheckItem[]> => {
    const { checkBeforeAir } = await import('../../live/supervisor/checklist.ts');
    const { destinations, lacking } = await readyDestinations(project, secrets);
    const results = await checkBeforeAir(
      { project, destinations, recordingDir: recordingDir(record) },
      { ffmpeg: studio.ffmpeg },
      signal,
    );
    const items = results
      // Some are there, and each says for itself what it lacks.
      .filter(({ id, destination }) => !(id === 'destination' && destination === null && lacking.length > 0))
      .map(asItem);
    return [...items, ...lacking];
  };

  /** Everything that follows a show for as long as it is on air. */
  const adopt = (show: LiveShow, onAir: Project): void => {
    const { projectId } = show;
    const air = new AbortController();
    const signal = AbortSignal.any([air.signal, life.signal]);
    endings.delete(projectId);
    toldOverlays.set(projectId, new Set(onAir.live.overlays));
    void (async () => {
      for await (const _ of show.watch(signal)) changes.emit();
    })().catch(() => {});
    void followDocument(show, onAir, signal).catch(() => {});
    const stopAlarms = show.onAlarm(({ type, alarm }) => {
      if (type !== 'raised') return;
      tell({
        type: 'notice',
        severity: 'warning',
        error: toWireError(new StudioError(alarm.error.code, alarm.error.params)),
        projectId,
      });
    });
    void show.ended.then((failure) => {
      stopAlarms();
      air.abort();
      toldOverlays.delete(projectId);
      endings.set(projectId, show.status());
      if (failure !== null) tell({ type: 'notice', severity: 'error', error: toWireError(failure), projectId });
      changes.emit();
    });
  };

  /** What a show was last told of each overlay: another look needs no other stage, and is there at once. */
  const toldOverlays = new Map<string, ReadonlySet<LiveOverlay>>();
  const tellOverlays = (show: LiveShow, { live }: Project): void => {
    const told = toldOverlays.get(show.projectId);
    for (const overlay of live.overlays)
      if (told?.has(overlay) === false) show.command({ type: 'setOverlay', overlay });
    toldOverlays.set(show.projectId, new Set(live.overlays));
  };

  /** What is edited reaches the air, once it has come to rest. */
  const followDocument = async (show: LiveShow, onAir: Project, signal: AbortSignal): Promise<void> => {
    let sent = onAir;
    let newest = onAir;
    let settling = false;
    const settle = async (): Promise<void> => {
      settling = true;
      try {
        while (newest !== sent) {
          const project = newest;
          await delay(EDIT_SETTLES_MS, undefined, { signal });
          if (project !== newest) continue;
          const before = sent;
          sent = project;
          tellOverlays(show, project);
          if (!sameOnAir(project, before)) show.command({ type: 'project', project });
          if (project.live.destinations !== before.live.destinations)
            show.setDestinations((await readyDestinations(project, secrets)).destinations);
        }
      } finally {
        settling = false;
      }
    };
    for await (const { project } of projects.documents(show.projectId, signal)) {
      newest = project;
      if (!settling) void settle().catch(() => {});
    }
  };

  const hookHost = async (): Promise<{ host: string | null }> => {
    const address = await secrets.get(ALARM_HOOK);
    return { host: address === null ? null : new URL(address).host };
  };

  const keysChanged = async (destinationId: string): Promise<void> => {
    for (const show of shows()) {
      const { project } = projects.current(show.projectId);
      if (project.live.destinations.some(({ id }) => id === destinationId))
        show.setDestinations((await readyDestinations(project, secrets)).destinations);
    }
  };

  const calls: LiveService['calls'] = {
    watch: (_, signal) =>
      watchPaced<LiveStatus[]>(
        signal,
        changes,
        () => {
          const now = shows().map((show) => show.status());
          const running = new Set(now.map(({ projectId }) => projectId));
          return [...now, ...[...endings.values()].filter(({ projectId }) => !running.has(projectId))];
        },
        TOLD_EVERY_MS,
      ),
    checklist: ({ projectId, record }, signal) => check(projects.current(projectId).project, record, signal),
    async goLive({ projectId, record, ignoreWarnings }, signal) {
      const { project } = projects.current(projectId);
      const items = await check(project, record, signal);
      const problems = items.filter(({ level }) => level === 'problem');
      if (problems.length > 0) throw new StudioError('live.not-ready', { count: problems.length });
      const warnings = items.filter(({ level }) => level === 'warning');
      if (warnings.length > 0 && !ignoreWarnings)
        throw new StudioError('live.warnings-stand', { count: warnings.length });
      const { destinations } = await readyDestinations(project, secrets);
      const webhook = await secrets.get(ALARM_HOOK);
      const request = { project, destinations, recordingDir: recordingDir(record), forMs: null, webhook };
      adopt(await (await supervisor()).goLive(request, signal), project);
      changes.emit();
      return {};
    },
    command({ projectId, command }) {
      const show = showOf(projectId);
      // One that was added or changed a moment ago is shown as it is now.
      if (command.type === 'overlay' && command.shown) tellOverlays(show, projects.current(projectId).project);
      show.command(command);
      return {};
    },
    async stop({ projectId, graceful }) {
      await showOf(projectId).stop({ graceful });
      return {};
    },
    reconnectNow({ projectId, destinationId }) {
      showOf(projectId).reconnectNow(destinationId);
      return {};
    },
    trace: ({ projectId, count }) => supervisorNow?.show(projectId)?.trace(count) ?? [],
    async setKey({ destinationId, key }) {
      await secrets.set(keyName(destinationId), key);
      await keysChanged(destinationId);
      return {};
    },
    async deleteKey({ destinationId }) {
      await secrets.delete(keyName(destinationId));
      await keysChanged(destinationId);
      return {};
    },
    async whichKeys({ destinationIds }) {
      const names = new Set(await secrets.names());
      return destinationIds.filter((id) => names.has(keyName(id)));
    },
    alarmHook: () => hookHost(),
    async setAlarmHook({ address }) {
      if (address === null) await secrets.delete(ALARM_HOOK);
      else await secrets.set(ALARM_HOOK, address);
      return await hookHost();
    },
    async tryAlarmHook(_, signal) {
      const address = await secrets.get(ALARM_HOOK);
      if (address === null) throw new StudioError('live.webhook-missing');
      const { tryWebhook } = await import('../../live/supervisor/webhook.ts');
      await tryWebhook(address, signal);
      return {};
    },
  };

  let disposed: Promise<void> | undefined;
  return {
    calls,
    media: async ([name = '', ...more], { signal }) => {
      const projectId = /^(.+)\.flv$/.exec(name)?.[1];
      const url = projectId === undefined || more.length > 0 ? null : supervisorNow?.show(projectId)?.previewUrl();
      if (url == null) return null;
      const pieces = await playStream(url, signal);
      return pieces === null ? null : { body: { kind: 'stream', pieces }, mediaType: 'video/x-flv' };
    },
    health: () => shows().map((show) => show.health()),
    async resume() {
      if (storage.liveShows.onAir().every(({ host }) => host !== 'studio')) return;
      const { COMES_BACK_WITHIN_MS, resumableShows } = await import('../../live/supervisor/resume.ts');
      for (const { record, forMs } of resumableShows(storage.liveShows, {
        host: 'studio',
        withinMs: COMES_BACK_WITHIN_MS,
      })) {
        if (life.signal.aborted) return;
        const { recordingDir } = record;
        try {
          // What was edited since counts.
          const { project } = projects.current(record.projectId);
          const { destinations } = await readyDestinations(project, secrets);
          const webhook = await secrets.get(ALARM_HOOK);
          const request = { project, destinations, recordingDir, forMs, resume: true, webhook };
          adopt(await (await supervisor()).goLive(request, life.signal), project);
          changes.emit();
        } catch (error) {
          // Another studio on the same data folder has it.
          if (life.signal.aborted || (error instanceof StudioError && error.code === 'live.already-on-air')) continue;
          tell({ type: 'notice', severity: 'error', error: toWireError(error), projectId: record.projectId });
        }
      }
    },
    [Symbol.asyncDispose]: () => {
      disposed ??= (async () => {
        life.abort();
        await (await opened?.catch(() => null))?.close({ comeBack: true });
      })();
      return disposed;
    },
  };
}

const LEVELS = { ok: 'ok', warning: 'warning', failed: 'problem' } as const;
const asItem = ({ id, destination, state, error }: CheckResult): CheckItem => ({
  id,
  destinationId: destination,
  level: LEVELS[state],
  error: error === null ? null : toWireError(error),
});

/** Parts that are edited stay the same objects where they were not. */
function sameOnAir(one: Project, other: Project): boolean {
  const { live, name: _, ...rest } = one;
  const { destinations: __, ...air } = live;
  const same = (a: object, b: object): boolean =>
    Object.entries(a).every(([key, value]) => value === (b as Record<string, unknown>)[key]);
  return same(rest, other) && same(air, other.live);
}
