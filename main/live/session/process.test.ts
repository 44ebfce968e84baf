import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { FlvReader, type FlvTag } from '../../broadcast/flv/tags.ts';
import { openHub } from '../../broadcast/hub/open-hub.ts';
import type { SessionReply, SessionRequest } from './messages.ts';
import { isPicture, line, liveProject, shownMs } from './testing/live-world.ts';

const PROGRAM = fileURLToPath(new URL('./process.ts', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'live-process-'));
const children: ChildProcess[] = [];
const watching = new AbortController();
after(async () => {
  watching.abort();
  for (const child of children) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

function session(execArgv: string[] = []): {
  child: ChildProcess;
  replies: SessionReply[];
  send: (request: SessionRequest) => void;
} {
  const child = fork(PROGRAM, [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv });
  children.push(child);
  const replies: SessionReply[] = [];
  child.on('message', (reply) => replies.push(reply as SessionReply));
  return { child, replies, send: (request) => void child.send(request) };
}

async function until<T>(what: () => T | undefined | false, ms = 90_000): Promise<T> {
  for (let waited = 0; waited < ms; waited += 50) {
    const found = what();
    if (found !== undefined && found !== false) return found;
    await sleep(50);
  }
  return assert.fail(`never: ${what}`);
}

/** Processes that this one started, by /proc. */
function startedBy(pid: number): number[] {
  const found: number[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === pid) found.push(Number(name));
    } catch {
      // gone meanwhile
    }
  }
  return found;
}
const runs = (pid: number): boolean =>
  existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));

/** Everything that a player of the hub gets. */
function watch(flvUrl: string): { tags: FlvTag[]; close(): void } {
  const tags: FlvTag[] = [];
  const { hostname, port, pathname, search } = new URL(flvUrl);
  const stop = new AbortController();
  watching.signal.addEventListener('abort', () => stop.abort());
  void (async () => {
    while (!stop.signal.aborted) {
      try {
        const answer = await fetch(`http://${hostname}:${port}${pathname}${search}`, { signal: stop.signal });
        const reader = new FlvReader((tag) => tags.push(tag));
        for await (const piece of answer.body!) reader.push(Buffer.from(piece));
      } catch {
        await sleep(100);
      }
    }
  })();
  return { tags, close: () => stop.abort() };
}

const lines = Array.from({ length: 20 }, (_, i) =>
  line(`l${i}`, `This is sentence number ${i}. And this is another one.`),
);
const project = liveProject(lines);
const startOf = (hubUrl: string): SessionRequest => ({
  ...{
    type: 'start',
    project,
    dataDir: folder,
    hubUrl,
    position: null,
    fromStreamMs: 0,
    commands: [],
    virtualClock: false,
  },
});

test('a session publishes to the hub, outlives its encoder and standing still, and ends in order', async () => {
  const stop = new AbortController();
  const hub = await openHub({ signal: stop.signal });
  try {
    const { child, replies, send } = session();
    send(startOf(hub.publishUrl('live')));
    await until(() => replies.some(({ type }) => type === 'on-air'));
    const player = watch(hub.flvUrl('live'));
    await until(() => player.tags.filter(isPicture).length > 50);
    const [encoder] = startedBy(child.pid!).filter((pid) =>
      readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('pipe:3'),
    );
    assert.ok(encoder);
    assert.ok(!readFileSync(`/proc/${encoder}/cmdline`, 'utf8').includes('rtmp'), 'no address in an argument list');
    const before = player.tags.filter(isPicture).length;
    process.kill(encoder, 'SIGKILL');
    await until(() => player.tags.filter(isPicture).length > before + 50);
    const status = (): Extract<SessionReply, { type: 'status' }>['status'] =>
      replies.findLast((reply) => reply.type === 'status')!.status;
    await until(() => status().encoderRestarts === 1);

    const stalls = status().stalls;
    child.kill('SIGSTOP');
    await sleep(2500);
    child.kill('SIGCONT');
    await until(() => status().stalls > stalls);
    const resumed = player.tags.filter(isPicture).length;
    await until(() => player.tags.filter(isPicture).length > resumed + 50);
    const times = player.tags.filter(isPicture).map(shownMs);
    for (const [i, ms] of times.entries()) {
      const step = i === 0 ? 40 : ms - times[i - 1]!;
      assert.ok(step > 0 && step <= 3000, `${step} ms between two pictures`);
    }
    assert.ok(replies.some((reply) => reply.type === 'trouble' && reply.error.code === 'session.stood-still'));

    hub.kill();
    const other = await openHub({ signal: stop.signal });
    try {
      send({ type: 'hub', url: other.publishUrl('live') });
      const moved = watch(other.flvUrl('live'));
      await until(() => moved.tags.filter(isPicture).length > 25);
      // The hub begins a stream's time with 0 for those who watch; from there on nothing is missing.
      const there = moved.tags.filter(isPicture).map(shownMs);
      assert.ok(there.every((ms, i) => i === 0 || Math.abs(ms - there[i - 1]! - 40) <= 1));
      moved.close();
    } finally {
      await other.close();
    }

    send({ type: 'stop', graceful: true });
    await until(() => child.exitCode !== null);
    assert.equal(child.exitCode, 0);
    assert.equal(replies.at(-1)!.type, 'ended');
    player.close();
  } finally {
    await hub.close();
  }
});

/** Every reading of the time of day, in every thread: an hour later, then an hour earlier, and so on in turns. */
const MOVED_CLOCK = `data:text/javascript,${encodeURIComponent(`
  const now = Date.now;
  const Real = Date;
  const moved = () => now() + (Math.floor(performance.now() / 700) % 2 === 0 ? 3_600_000 : -3_600_000);
  globalThis.Date = class extends Real {
    constructor(...given) { given.length === 0 ? super(moved()) : super(...given); }
    static now() { return moved(); }
  };
`)}`;

test('a session whose wall clock jumps by hours keeps its pace', async () => {
  const hub = await openHub({ signal: new AbortController().signal });
  try {
    const { child, replies, send } = session(['--import', MOVED_CLOCK]);
    send(startOf(hub.publishUrl('jumps')));
    await until(() => replies.some(({ type }) => type === 'on-air'));
    const status = (): Extract<SessionReply, { type: 'status' }>['status'] | undefined =>
      replies.findLast((reply) => reply.type === 'status')?.status;
    await until(() => (status()?.streamMs ?? 0) > 500);
    const player = watch(hub.flvUrl('jumps'));
    const from = { atMs: performance.now(), streamMs: status()!.streamMs };
    await until(() => (status()?.streamMs ?? 0) > from.streamMs + 6000);
    const passedMs = performance.now() - from.atMs;
    // Told once a second, so both ends may be a second off; an hour would not hide in it.
    assert.ok(Math.abs(status()!.streamMs - from.streamMs - passedMs) < 3000, `${passedMs} ms`);
    assert.equal(status()!.avOffsetMs, 0);
    const times = await until(() => {
      const shown = player.tags.filter(isPicture).map(shownMs);
      return shown.length > 100 && shown;
    });
    for (const [i, ms] of times.entries()) {
      const step = i === 0 ? 40 : ms - times[i - 1]!;
      assert.ok(step > 0 && step <= 3000, `${step} ms between two pictures`);
    }
    player.close();
    child.kill('SIGKILL');
  } finally {
    await hub.close();
  }
});

test('nothing stays behind when the session is killed, or its supervisor has gone', async () => {
  const stop = new AbortController();
  const hub = await openHub({ signal: stop.signal });
  try {
    for (const end of ['kill', 'disconnect'] as const) {
      const { child, replies, send } = session();
      send(startOf(hub.publishUrl(`live-${end}`)));
      await until(() => replies.some(({ type }) => type === 'on-air'));
      const started = startedBy(child.pid!);
      assert.ok(started.length > 0);
      if (end === 'kill') child.kill('SIGKILL');
      else child.disconnect();
      await until(() => !runs(child.pid!) && started.every((pid) => !runs(pid)), 10_000);
    }
  } finally {
    await hub.close();
  }
});
