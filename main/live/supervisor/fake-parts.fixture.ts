/** Hub and publisher without sockets, in this process, and the session of `fake-session.fixture.ts` as a real child. */
import { fileURLToPath } from 'node:url';
import type { ChildExit } from '../../broadcast/child-process.ts';
import type { DestinationSetup, PublisherStatus } from '../../broadcast/publisher/protocol.ts';
import type { HubPart, LiveParts, PublisherPart } from './parts.ts';
import { type SessionProcess, startSessionProcess } from './session-process.ts';

const SESSION = fileURLToPath(new URL('./fake-session.fixture.ts', import.meta.url));

interface FakePublisher extends PublisherPart {
  source: string;
  destinations: readonly DestinationSetup[];
}
export interface FakeParts extends LiveParts {
  hubs: HubPart[];
  publishers: FakePublisher[];
  sessions: SessionProcess[];
  tokens: string[];
  /** Those that were not ended. */
  open(): string[];
}

export function fakeParts(): FakeParts {
  const alive = new Set<string>();
  let count = 0;
  const child = (name: string) => {
    const own = `${name} ${++count}`;
    const exited = Promise.withResolvers<ChildExit>();
    alive.add(own);
    const end = (exit: Partial<ChildExit>): void => {
      alive.delete(own);
      exited.resolve({ code: null, signal: null, hung: false, expected: false, ...exit });
    };
    return {
      pid: 2 ** 30 + count,
      exited: exited.promise,
      kill: () => end({ signal: 'SIGKILL' }),
      close: async () => end({ code: 0, expected: true }),
    };
  };
  const parts: FakeParts = {
    ...{ hubs: [], publishers: [], sessions: [], tokens: [] },
    open: () => [...alive],
    async openHub({ tokens: given, onPrinted }) {
      const number = parts.hubs.length + 1;
      const tokens = given ?? { publish: `publish-token-${number}`, play: `play-token-${number}` };
      parts.tokens.push(...Object.values(tokens));
      onPrinted?.(`a hub that says ${JSON.stringify(tokens)}`);
      const hub: HubPart = {
        ...child('hub'),
        ...{ tokens, rtmpPort: 1000 + number, httpPort: 2000 + number },
        publishUrl: (id) => `rtmp://127.0.0.1:${1000 + number}/live/${id}?token=${tokens.publish}`,
        flvUrl: (id) => `http://127.0.0.1:${2000 + number}/live/${id}.flv?token=${tokens.play}`,
      };
      parts.hubs.push(hub);
      return hub;
    },
    async openPublisher({ flvUrl, onStatus, onPrinted }) {
      const own = child('publisher');
      const tell = (): void => onStatus?.(statusOf(publisher.destinations));
      const publisher: FakePublisher = {
        ...own,
        ...{ source: flvUrl, destinations: [] },
        setSource(url) {
          publisher.source = url;
        },
        setDestinations(destinations) {
          onPrinted?.(`a publisher that says ${JSON.stringify(destinations)}`);
          publisher.destinations = destinations;
          setImmediate(tell);
        },
        reconnectNow: tell,
        setRecording() {},
      };
      parts.publishers.push(publisher);
      return publisher;
    },
    startSession(options) {
      const session = startSessionProcess({ ...options, program: SESSION });
      parts.sessions.push(session);
      return session;
    },
  };
  return parts;
}

const statusOf = (destinations: readonly DestinationSetup[]): PublisherStatus => ({
  stream: { flowing: true, fps: 25, kbps: 2600, videoFrames: 1, videoPtsMs: 0, audioPtsMs: 0, interleaveMs: 0 },
  destinations: destinations.map(({ id }) => ({
    ...{
      id,
      state: 'live',
      sinceWallMs: Date.now(),
      retryInMs: null,
      attempt: 0,
      bitrateKbps: 2600,
      queueMs: 0,
      queueBytes: 0,
    },
    ...{ sentBytes: 1, sentFrames: 1, droppedFrames: 0, droppedAudio: 0, reconnects: 0, lastError: null },
  })),
  recording: { state: 'off', file: null, bytes: 0, durationMs: 0, finished: [], lastError: null },
});
