import { type ErrorCode, type ErrorParams, StudioError } from '../../../app/errors/index.ts';
import type { AlarmEvent } from '../../../app/live/alarms.ts';
import { RUNGS, rungKbps } from '../../../app/live/ladder.ts';
import type { LiveDuty, LiveError, LiveStatus, SessionStatus, UtteranceTrace } from '../../../app/live/protocol.ts';
import type { ChildExit } from '../../broadcast/child-process.ts';
import { newTokens } from '../../broadcast/hub/open-hub.ts';
import type { PublisherStatus } from '../../broadcast/publisher/protocol.ts';
import { createBroadcast, follow, latest } from '../../studio/broadcast.ts';
import { type SessionReply, sharedMs } from '../session/messages.ts';
import { keepAlive, type Run, soonest } from './keep-alive.ts';
import { createLateBursts } from './late-bursts.ts';
import { asLiveError, asStudioError, cleanedError } from './live-errors.ts';
import type { HubPart, PublisherPart } from './parts.ts';
import { createReplay } from './replay.ts';
import type { SessionProcess } from './session-process.ts';
import type { LiveDestination, LiveShow, LiveShowOptions } from './show.ts';
import { showStatus } from './show-status.ts';
import { nextState, OFF, type Part, type ShowEvent, type ShowState } from './state.ts';
import { createWatch } from './watch.ts';

export type { LiveDestination, LiveShow, LiveShowOptions };

/** The hub's name of the one stream. */
const STREAM = 'show';
const TICK_MS = 1_000;
/** For the rest of the sentence and the closing. */
const GRACEFUL_MS = 10 * 60_000;
const FAREWELL_MS = 8_000;
/** Deaths in a row, without ever having been ready, after which it is given up. */
const MOST_DEATHS = 6;
/** A show that was on air and says so often in a row that it cannot be is believed. */
const MOST_REFUSALS = 5;
const TRACES_KEPT = 500;
const FELL: Readonly<Record<Part, ErrorCode>> = {
  hub: 'live.hub-fell',
  publisher: 'live.publisher-fell',
  session: 'live.session-fell',
};

export function startLiveShow(options: LiveShowOptions): LiveShow {
  const { parts, log, redactor, store, webhook } = options;
  const projectId = options.project.id;
  const replay = createReplay({ project: options.project, position: options.position });
  const changes = createBroadcast<void>();
  const alarmListeners = createBroadcast<AlarmEvent>();
  const bursts = createLateBursts();
  const watch = createWatch(options.recording?.folder ?? null);

  let show: ShowState = nextState(OFF, { type: 'go-live' }, Date.now());
  let destinations = [...options.destinations];
  let hub: HubPart | null = null;
  let lastHub: HubPart | null = null;
  let nextHub = Promise.withResolvers<HubPart>();
  let publisher: PublisherPart | null = null;
  let published: PublisherStatus | null = null;
  let session: SessionProcess | null = null;
  let told: { status: SessionStatus; atMs: number } | null = null;
  let streamMs = 0;
  /** Where viewers' clocks were, and when. */
  let due = { streamMs: 0, atMs: sharedMs() };
  let onAirSinceMs: number | null = null;
  let refusals = 0;
  /** The last trouble that the session told: of one that fell, why. */
  let lastWord: LiveError | null = null;
  let lastError: LiveError | null = null;
  let failure: StudioError | null = null;
  const restarts = { session: 0, hub: 0, publisher: 0 };
  const duties = new Map<string, LiveDuty>();
  const traces: UtteranceTrace[] = [];
  const ended = Promise.withResolvers<StudioError | null>();

  /** No session any more; no child any more; not even one that is just starting. */
  const sessionLife = new AbortController();
  const life = new AbortController();
  const hard = new AbortController();

  const event = (what: string, detail = ''): void =>
    log.write({ type: 'event', what, streamMs: told === null ? null : told.status.streamMs, detail });
  const cleaned = (error: LiveError): LiveError => cleanedError(error, redactor);
  const dispatch = (happened: ShowEvent): void => {
    const before = show;
    show = nextState(show, happened, Date.now());
    if (show.state !== before.state) {
      event('state', show.state);
      if (show.state === 'on-air') onAirSinceMs ??= performance.now();
    }
    changes.emit();
  };
  /** What cannot be kept now, on a full disk, is tried again with the next. */
  const keep = (write: () => void): void => {
    try {
      write();
    } catch (error) {
      lastError = asLiveError(error);
    }
  };

  const remember = (error: LiveError): void => {
    lastError = cleaned(error);
    event('error', `${lastError.code} ${JSON.stringify(lastError.params)}`);
  };

  const printedBy =
    (by: Part) =>
    (text: string): void =>
      log.write({ type: 'printed', by, text });

  const onDeath =
    (part: Part) =>
    (detail: string, death: { inRow: number; neverReady: boolean; error: unknown }): void => {
      const why = redactor.clean(detail);
      if (part === 'hub') hub = null;
      if (part === 'publisher') publisher = null;
      restarts[part] += 1;
      remember({ code: FELL[part], params: { detail: why } });
      dispatch({ type: 'down', part });
      if (death.neverReady && death.inRow >= MOST_DEATHS) {
        const word = part === 'session' ? lastWord : null;
        const detail = word?.code === 'command.internal' ? String(word.params.detail) : why;
        const params: ErrorParams = { part, times: death.inRow, detail: redactor.clean(detail), log: log.path };
        if (word !== null && word.code !== 'command.internal') fail(asStudioError(word));
        else fail(new StudioError('live.cannot-start', params, { cause: death.error }));
      }
    };

  const hubLoop = keepAlive({
    signal: life.signal,
    onReady: () => dispatch({ type: 'up', part: 'hub' }),
    onDeath: onDeath('hub'),
    start: async () => {
      // Under the same addresses where they are free, so that whoever plays from it comes back by itself.
      const before = lastHub;
      const wishes =
        before === null
          ? { tokens: newTokens() }
          : { tokens: before.tokens, rtmpPort: before.rtmpPort, httpPort: before.httpPort };
      // Known before its process can print them.
      for (const token of Object.values(wishes.tokens)) redactor.add(token);
      const opened = await parts.openHub({ signal: hard.signal, onPrinted: printedBy('hub'), ...wishes });
      for (const token of Object.values(opened.tokens)) redactor.add(token);
      hub = opened;
      lastHub = opened;
      if (life.signal.aborted) await opened.close();
      else {
        nextHub.resolve(opened);
        session?.send({ type: 'hub', url: opened.publishUrl(STREAM) });
        publisher?.setSource(opened.flvUrl(STREAM));
      }
      return running(opened.exited, () => {
        nextHub = Promise.withResolvers();
        nextHub.promise.catch(() => {});
      });
    },
  });

  const publisherLoop = keepAlive({
    signal: life.signal,
    onReady: () => dispatch({ type: 'up', part: 'publisher' }),
    onDeath: onDeath('publisher'),
    start: async () => {
      const source = await nextHub.promise;
      const opened = await parts.openPublisher({
        signal: hard.signal,
        flvUrl: source.flvUrl(STREAM),
        onPrinted: printedBy('publisher'),
        onStatus(status) {
          published = status;
          changes.emit();
        },
      });
      publisher = opened;
      if (life.signal.aborted) await opened.close();
      else {
        // The hub may have moved while this one was starting.
        if (hub !== null && hub !== source) opened.setSource(hub.flvUrl(STREAM));
        opened.setDestinations(destinations.map(asSetup));
        opened.setRecording(options.recording);
      }
      return running(opened.exited, () => {
        published = null;
      });
    },
  });

  const sessionLoop = keepAlive({
    signal: sessionLife.signal,
    onReady: () => dispatch({ type: 'up', part: 'session' }),
    onDeath: onDeath('session'),
    start: async () => {
      const [target, providers] = await Promise.all([nextHub.promise, options.providers?.()]);
      sessionLife.signal.throwIfAborted();
      const ready = Promise.withResolvers<void>();
      const started = parts.startSession({
        onReply: (reply) => {
          if (session === started) onReply(reply, ready.resolve);
        },
        onPrinted: printedBy('session'),
      });
      session = started;
      lastWord = null;
      started.send({
        type: 'start',
        project: replay.project,
        dataDir: options.dataDir,
        ...(providers && { providers }),
        ...(options.ffmpegPath !== undefined && { ffmpegPath: options.ffmpegPath }),
        hubUrl: target.publishUrl(STREAM),
        position: replay.position,
        fromStreamMs: nextStreamMs(),
        commands: replay.commands(),
        virtualClock: options.virtualClock ?? false,
      });
      if (watch.rung > 0) sendRung();
      const exited = started.exited.then((detail) => {
        if (session === started) session = null;
        const burst = bursts.end();
        if (burst !== null) log.write({ type: 'late', burst });
        told = null;
        return detail;
      });
      return { exited, ready: ready.promise };
    },
  });

  /**
   * Where the viewers' clocks are: never before what they were sent last, or the next session's first keyframe would be taken for one
   * that they have. 0 before the first frame.
   */
  const nextStreamMs = (): number =>
    onAirSinceMs === null || options.virtualClock === true
      ? streamMs
      : Math.ceil(Math.max(streamMs, due.streamMs + (sharedMs() - due.atMs)));

  function onReply(reply: SessionReply, ready: () => void): void {
    switch (reply.type) {
      case 'on-air':
        refusals = 0;
        ready();
        break;
      case 'status': {
        told = { status: reply.status, atMs: performance.now() };
        streamMs = Math.max(streamMs, reply.status.streamMs);
        due = reply.due;
        const burst = bursts.seen(reply.status);
        if (burst !== null) log.write({ type: 'late', burst });
        changes.emit();
        break;
      }
      case 'position':
        replay.reached(reply.position);
        streamMs = Math.max(streamMs, reply.streamMs);
        keep(() => store.savePosition(projectId, reply.position, reply.streamMs));
        break;
      case 'trace':
        traces.push(reply.trace);
        if (traces.length > TRACES_KEPT) traces.shift();
        log.write({ type: 'utterance', utterance: reply.trace });
        break;
      case 'done':
        replay.done(reply.id);
        break;
      case 'trouble':
        remember(reply.error);
        lastWord = reply.error;
        changes.emit();
        break;
      case 'duty':
        onDuty(reply);
        break;
      case 'ended':
        void finish(null);
        break;
      case 'failed':
        remember(reply.error);
        refusals += 1;
        if (onAirSinceMs === null || refusals >= MOST_REFUSALS) fail(asStudioError(reply.error));
        break;
    }
  }

  function onDuty({ duty, from, midUtterance }: Extract<SessionReply, { type: 'duty' }>): void {
    const error = duty.error === null ? null : cleaned(duty.error);
    const before = duties.get(duty.stage);
    const isSame = before?.provider === duty.provider && before.error?.code === error?.code;
    if (!isSame) duties.set(duty.stage, { ...duty, error });
    // A session that began anew tells what is known already.
    if (isSame && !midUtterance) return;
    const how = midUtterance ? ', in the middle of what was being said' : '';
    const why = error === null ? '' : `: ${error.code} ${JSON.stringify(error.params)}`;
    event('duty', `${duty.stage} ${from === null ? '' : `${from} → `}${duty.provider}${how}${why}`);
    changes.emit();
  }

  const sendRung = (): void => {
    const rung = RUNGS[watch.rung]!;
    const { step, fpsDivisor, scale } = rung;
    session?.send({
      type: 'rung',
      step,
      fpsDivisor,
      scale,
      videoKbps: rungKbps(rung, replay.project.live.output.videoKbps),
    });
  };

  const tick = (): void => {
    const nowMs = performance.now();
    const status = read();
    if (
      options.forMs !== null &&
      onAirSinceMs !== null &&
      nowMs - onAirSinceMs >= options.forMs &&
      show.state !== 'stopping'
    )
      void stop({ graceful: true });
    const { rung, alarmed } = watch.look({
      ...{ nowMs, status, mayStep: replay.project.live.output.ladder && show.state === 'on-air' },
      pids: {
        ...(session !== null && { session: session.pid }),
        ...(hub !== null && { hub: hub.pid }),
        ...(publisher !== null && { publisher: publisher.pid }),
      },
    });
    if (rung !== null) {
      event('rung', `${rung.before} → ${watch.rung}${rung.cause === null ? '' : ` (${rung.cause})`}`);
      sendRung();
    }
    for (const each of alarmed) {
      event(`alarm ${each.type}`, each.alarm.id);
      webhook?.tell(each, { projectId, name: replay.project.name });
      alarmListeners.emit(each);
    }
    changes.emit();
  };
  const timer = setInterval(tick, TICK_MS);

  const read = (): LiveStatus =>
    showStatus({
      ...{
        projectId,
        show,
        destinations,
        published,
        duties: [...duties.values()],
        alarms: watch.alarms,
        lastError,
        cleaned,
      },
      ...{ session: told?.status ?? null, restarts: { ...restarts }, recordingTo: options.recording?.folder ?? null },
      uptimeMs: onAirSinceMs === null ? 0 : Math.round(performance.now() - onAirSinceMs),
    });

  function fail(error: StudioError): void {
    if (failure !== null || show.state === 'stopping') return;
    failure = error;
    lastError = cleaned({ code: error.code, params: { ...error.params } });
    dispatch({ type: 'failed', error: lastError });
    void finish(error);
  }

  let comesBack = false;
  let stopping: Promise<void> | undefined;
  const stopNow = Promise.withResolvers<void>();
  async function stop({ graceful, comeBack = false }: { graceful: boolean; comeBack?: boolean }): Promise<void> {
    if (show.state === 'off') return;
    comesBack ||= comeBack;
    dispatch({ type: 'stop', graceful });
    if (!graceful) stopNow.resolve();
    stopping ??= (async () => {
      sessionLife.abort();
      const leaving = session;
      if (graceful && leaving !== null && onAirSinceMs !== null) {
        leaving.send({ type: 'stop', graceful: true });
        await soonest([leaving.exited, stopNow.promise, ended.promise], GRACEFUL_MS);
      }
      await finish(null);
    })();
    await stopping;
  }

  let finishing: Promise<void> | undefined;
  /** Ends every process; the destinations get what is on its way. */
  function finish(error: StudioError | null): Promise<void> {
    finishing ??= (async () => {
      if (error === null && show.state !== 'stopping') dispatch({ type: 'stop', graceful: true });
      sessionLife.abort();
      const leaving = session;
      if (leaving !== null) {
        leaving.send({ type: 'stop', graceful: false });
        if (!(await soonest([leaving.exited], FAREWELL_MS))) leaving.kill();
        await leaving.exited;
      }
      life.abort();
      await publisher?.close();
      await hub?.close();
      // Only what is just starting is left.
      hard.abort();
      nextHub.promise.catch(() => {});
      nextHub.reject(new Error('the show has ended'));
      await Promise.allSettled([sessionLoop, publisherLoop, hubLoop]);
      clearInterval(timer);
      webhook?.close();
      if (!comesBack || error !== null) keep(() => store.end(projectId));
      const burst = bursts.end();
      if (burst !== null) log.write({ type: 'late', burst });
      session = null;
      publisher = null;
      hub = null;
      dispatch({ type: 'closed' });
      await log.flushed();
      options.onEnded();
      ended.resolve(error);
      changes.emit();
      endWatchers.emit();
    })();
    return finishing;
  }
  const endWatchers = createBroadcast<void>();

  return {
    projectId,
    status: read,
    watch: (signal = new AbortController().signal) =>
      follow<LiveStatus>(
        signal,
        (push, end) => {
          push(read());
          if (show.state === 'off') end();
          const stops = [changes.listen(() => push(read())), endWatchers.listen(end)];
          return () => {
            for (const each of stops) each();
          };
        },
        latest,
      ),
    command(command) {
      if (show.state === 'off' || show.state === 'failed') throw new StudioError('live.not-on-air');
      replay.sent(command);
      session?.send({ type: 'command', command });
      if (command.type === 'project') keep(() => store.saveDocument({ ...command.project, id: projectId }));
    },
    reconnectNow(id) {
      publisher?.reconnectNow(id);
    },
    setDestinations(next) {
      for (const { key } of next) redactor.add(key);
      destinations = [...next];
      publisher?.setDestinations(next.map(asSetup));
      keep(() =>
        store.saveDestinations(
          projectId,
          next.map(({ id, url, key }) => ({ id, url: key === '' ? '' : url })),
        ),
      );
      changes.emit();
    },
    stop,
    trace: (count) => traces.slice(-count),
    health: () => ({ status: read(), processes: watch.figures }),
    onAlarm: alarmListeners.listen,
    previewUrl: () => hub?.flvUrl(STREAM) ?? null,
    ended: ended.promise,
  };
}

const running = (exited: Promise<ChildExit>, onGone: () => void): Run => ({
  ready: Promise.resolve(),
  exited: exited.then(({ code, signal, hung }) => {
    onGone();
    return hung ? 'hung' : (signal ?? `exit code ${code}`);
  }),
});

const asSetup = ({ id, url, key }: LiveDestination): { id: string; url: string; key?: string } => ({
  ...{ id, url },
  ...(key !== '' && { key }),
});
