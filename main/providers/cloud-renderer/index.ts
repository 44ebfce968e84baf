/** Bailian's digital humans as offline renderers: an upload, a task, questions how it goes, a film behind a link that dies. */
import { StudioError } from '../../../app/errors/index.ts';
import { PICTURE_CHECK_YUAN } from '../../../app/policy/prices.ts';
import type { CloudRenderer, RenderInput, RenderLimits, RenderState } from '../../engine/ports/cloud-renderer.ts';
import { type BailianAccess, type BailianEndpoint, bailianEndpoint } from '../kit/endpoint.ts';
import { cloudError, vendorFailure } from '../kit/failures.ts';
import { refuseError, request, requestJson } from '../kit/http.ts';
import { RESOLVE_OSS, uploadFile } from '../kit/upload.ts';
import { asRecord, stringIn } from '../kit/web-socket.ts';
import { type RequestShape, SHAPES } from './shapes.ts';

const SUBMIT = '/services/aigc/image2video/video-synthesis';
const CHECK = '/services/aigc/image2video/face-detect';
const TIMEOUTS = { firstByteMs: 30_000, betweenBytesMs: 30_000 };
/** Somebody looks at the picture meanwhile. */
const CHECK_TIMEOUTS = { firstByteMs: 60_000, betweenBytesMs: 30_000 };
const DOWNLOAD_TIMEOUTS = { firstByteMs: 60_000, betweenBytesMs: 60_000 };
const MAX_FILM_BYTES = 2 ** 31;

/** All of them; starts nothing and asks nobody. */
export const createCloudRenderers = (access: BailianAccess): readonly CloudRenderer[] =>
  SHAPES.map((shape) => createCloudRenderer(shape, access));

function createCloudRenderer(shape: RequestShape, access: BailianAccess): CloudRenderer {
  const { settings } = access;
  const { id, name, takes, limits } = shape;
  const endpoint = bailianEndpoint(access, name);
  const model = shape.model(settings);
  const about = { model, region: settings.region };
  return {
    ...{ id, name, model, takes, limits },
    parameters: (fps) => shape.parameters(settings, fps),
    // A gateway knows by itself where it leads.
    offered: settings.region === 'beijing' || settings.httpBaseUrl !== null,
    yuan: (seconds) => shape.yuan(settings, seconds) + (shape.check === null ? 0 : PICTURE_CHECK_YUAN),

    async submit(input, onAsking, signal) {
      mustFit(name, limits, input);
      await check(shape, endpoint, access, input, signal);
      const [ending, mediaType] = fileTypeOf(input);
      const person = { name: `person${ending}`, mediaType, bytes: input.person.bytes };
      const personUrl = await uploadFile(endpoint, model, person, signal);
      const sound = { name: 'sound.wav', mediaType: 'audio/wav', bytes: input.sound.bytes };
      const soundUrl = await uploadFile(endpoint, model, sound, signal);
      const headers = await endpoint.headers(signal, { ...RESOLVE_OSS, 'X-DashScope-Async': 'enable' });
      onAsking();
      const answer = await requestJson(
        {
          ...{ provider: name, about, headers, timeouts: TIMEOUTS, url: endpoint.nativeUrl(SUBMIT) },
          once: true,
          body: JSON.stringify({
            model,
            input: { [shape.personField]: personUrl, audio_url: soundUrl },
            parameters: input.parameters,
          }),
        },
        signal,
      );
      refuseError(answer, name, about);
      const taskId = stringIn(outputOf(answer).task_id);
      if (!taskId) throw cloudError('cloud.bad-answer', { provider: name, detail: 'no task_id' });
      return taskId;
    },

    async state(taskId, signal) {
      const answer = await requestJson(
        {
          ...{ provider: name, about, headers: await endpoint.headers(signal), timeouts: TIMEOUTS },
          url: endpoint.nativeUrl(`/tasks/${encodeURIComponent(taskId)}`),
        },
        signal,
      );
      refuseError(answer, name, about);
      return stateOf(shape, about, answer);
    },

    async cancel(taskId, signal) {
      try {
        await requestJson(
          {
            ...{ provider: name, about, headers: await endpoint.headers(signal), timeouts: TIMEOUTS, body: '{}' },
            url: endpoint.nativeUrl(`/tasks/${encodeURIComponent(taskId)}/cancel`),
          },
          signal,
        );
        return true;
      } catch (error) {
        // Only while it waits can it be cancelled; the vendor says so as a bad request.
        if (error instanceof StudioError && error.code === 'cloud.bad-request') return false;
        throw error;
      }
    },

    async *download(url, signal) {
      try {
        const answer = await request(
          // The link carries its own right; a key goes nowhere but to the vendor's API.
          { provider: name, about, url, expects: 'any', timeouts: DOWNLOAD_TIMEOUTS, maxBytes: MAX_FILM_BYTES },
          signal,
        );
        yield* answer.body;
      } catch (error) {
        if (!(error instanceof StudioError) || !DEAD_LINK.has(error.code)) throw error;
        throw new StudioError('cloud.task-lost', { provider: name }, { cause: error });
      }
    },
  };
}

/** What the store answers for a link that has expired (403), or for a file that is gone (404). */
const DEAD_LINK = new Set<string>(['cloud.not-entitled', 'cloud.key-wrong', 'cloud.key-expired', 'cloud.bad-request']);

const outputOf = (answer: unknown): Record<string, unknown> => asRecord(asRecord(answer).output);

const fileTypeOf = ({ person }: RenderInput): [string, string] => {
  if (person.kind === 'film') return ['.mp4', 'video/mp4'];
  return [person.mediaType === 'image/png' ? '.png' : '.jpg', person.mediaType];
};

function stateOf(shape: RequestShape, about: { model: string; region: string }, answer: unknown): RenderState {
  const provider = shape.name;
  const output = outputOf(answer);
  const status = stringIn(output.task_status) ?? '';
  switch (status) {
    case 'SUCCEEDED': {
      const url = shape.url(output);
      if (url === '') throw cloudError('cloud.bad-answer', { provider, detail: 'no video_url' });
      return { state: 'done', url, seconds: shape.seconds(asRecord(asRecord(answer).usage)) };
    }
    case 'FAILED': {
      const code = stringIn(output.code) ?? '';
      const message = stringIn(output.message) ?? '';
      return { state: 'failed', error: taskFailure(provider, about, code, message) };
    }
    case 'CANCELED':
      return { state: 'cancelled' };
    case 'UNKNOWN':
      return { state: 'unknown' };
    case 'PENDING':
      return { state: 'waiting' };
    case '':
      throw cloudError('cloud.bad-answer', { provider, detail: 'no task_status' });
    default:
      return { state: 'running' };
  }
}

/** What every request may fail for is told as that; the rest is this film's own. */
function taskFailure(
  provider: string,
  about: { model: string; region: string },
  code: string,
  message: string,
): StudioError {
  const known = vendorFailure({ provider, ...about, code, message });
  if (known.code !== 'cloud.bad-request' && known.code !== 'cloud.server-error') return known;
  return cloudError('cloud.task-failed', { provider, code: code || 'FAILED', detail: message || code });
}

/** Under its own model's name: an upload is good for the model it was made for alone. */
async function check(
  { check: shape, name, personField }: RequestShape,
  endpoint: BailianEndpoint,
  { settings }: BailianAccess,
  input: RenderInput,
  signal: AbortSignal,
): Promise<void> {
  if (shape === null) return;
  const model = shape.model(settings);
  const about = { model, region: settings.region };
  const [ending, mediaType] = fileTypeOf(input);
  const file = { name: `person${ending}`, mediaType, bytes: input.person.bytes };
  const url = await uploadFile(endpoint, model, file, signal);
  const answer = await requestJson(
    {
      ...{ provider: name, about, timeouts: CHECK_TIMEOUTS, url: endpoint.nativeUrl(CHECK) },
      headers: await endpoint.headers(signal, RESOLVE_OSS),
      body: JSON.stringify({ model, input: { [personField]: url } }),
    },
    signal,
  );
  refuseError(answer, name, about);
  const detail = shape.refusal(outputOf(answer));
  if (detail !== null) throw cloudError('cloud.face-refused', { provider: name, detail });
}

/** @throws StudioError cloud.input-unfit */
function mustFit(provider: string, limits: RenderLimits, { person, sound }: RenderInput): void {
  const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`;
  const megabytes = (bytes: number): string => `${Math.ceil(bytes / 104_857.6) / 10} MB`;
  const refuse = (input: string, found: string, limit: string): never => {
    throw cloudError('cloud.input-unfit', { provider, input, found, limit });
  };
  const what = person.kind === 'film' ? 'MP4' : person.mediaType === 'image/png' ? 'PNG' : 'JPEG';
  const [short, long] = [person.widthPx, person.heightPx].toSorted((a, b) => a - b) as [number, number];
  const found = `${person.widthPx}×${person.heightPx} px`;
  const [minSide, maxSide] = limits.sidePx;
  if (short < minSide || long > maxSide) refuse(what, found, `${minSide}–${maxSide} px`);
  if (long > short * limits.maxAspect) refuse(what, found, `≤ ${limits.maxAspect}:1`);
  if (person.bytes.length > limits.personBytes)
    refuse(what, megabytes(person.bytes.length), `≤ ${megabytes(limits.personBytes)}`);
  if (person.kind === 'film') {
    const [slow, fast] = limits.fps;
    if (person.fps < slow || person.fps > fast) refuse(what, `${person.fps} fps`, `${slow}–${fast} fps`);
  }
  if (sound.bytes.length > limits.soundBytes)
    refuse('WAV', megabytes(sound.bytes.length), `≤ ${megabytes(limits.soundBytes)}`);
  for (const [input, ms] of [
    ['WAV', sound.durationMs],
    ...(person.kind === 'film' ? [['MP4', person.durationMs] as const] : []),
  ] as const) {
    const [shortest, longest] = limits.soundMs;
    if (ms < shortest || ms > longest) refuse(input, seconds(ms), `${seconds(shortest)}–${seconds(longest)}`);
  }
}
