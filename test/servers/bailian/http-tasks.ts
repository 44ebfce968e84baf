/** Films of a speaking person as asynchronous tasks, the pictures' check before them, and the tasks themselves. */
import type { BailianContext } from './context.ts';
import type { HttpCall, Json } from './http-call.ts';
import type { HttpRoute } from './http-route.ts';
import { fetchMedia, listenTo, lookAt, makeFilm, type Sent, watch } from './media.ts';
import { modelNamed, wrongAddress } from './models.ts';
import { invalidParameter, Refused } from './refusal.ts';
import { beijingTime, type Task, Tasks } from './tasks.ts';

export const taskRoutes: readonly HttpRoute[] = [
  route('POST', /^\/api\/v1\/services\/aigc\/image2video\/video-synthesis\/?$/, submit),
  route('POST', /^\/api\/v1\/services\/aigc\/image2video\/face-detect\/?$/, detect),
  route('GET', /^\/api\/v1\/tasks\/?$/, list),
  route('GET', /^\/api\/v1\/tasks\/([^/]+)$/, query),
  route('POST', /^\/api\/v1\/tasks\/([^/]+)\/cancel$/, cancel),
];

function route(method: string, path: RegExp, serve: (call: HttpCall) => Promise<void>): HttpRoute {
  return { methods: [method], path, dialect: 'native', surface: () => 'tasks', takes: 'json', serve };
}

const queues = new WeakMap<BailianContext, Tasks>();
function tasksOf(context: BailianContext): Tasks {
  const tasks = queues.get(context) ?? new Tasks(context);
  queues.set(context, tasks);
  return tasks;
}

interface Rules {
  person: 'image_url' | 'video_url';
  soundBytes: number;
  soundMs: readonly [number, number];
  parameters: Record<string, readonly [number, number] | readonly string[] | 'boolean'>;
}

const MB = 1024 * 1024;
const RULES: Record<string, Rules> = {
  videoretalk: {
    person: 'video_url',
    soundBytes: 30 * MB,
    soundMs: [2000, 120_000],
    parameters: { video_extension: 'boolean', query_face_threshold: [120, 200] },
  },
  liveportrait: {
    person: 'image_url',
    soundBytes: 15 * MB,
    soundMs: [1000, 180_000],
    parameters: {
      template_id: ['normal', 'calm', 'active'],
      eye_move_freq: [0, 1],
      video_fps: [15, 30],
      mouth_move_strength: [0, 1.5],
      head_move_strength: [0, 1],
      paste_back: 'boolean',
    },
  },
  'wan2.2-s2v': {
    person: 'image_url',
    soundBytes: 15 * MB,
    soundMs: [0, 20_000],
    parameters: { resolution: ['480P', '720P'] },
  },
};

async function submit(call: HttpCall): Promise<void> {
  const { context, json } = call;
  const model = modelNamed(context, json.model, 'native');
  if (model.kind !== 'film') throw wrongAddress();
  if (call.header('x-dashscope-async') !== 'enable') {
    throw new Refused(403, 'AccessDenied', 'current user api does not support synchronous calls.');
  }
  const rules = RULES[model.name];
  const input = (json.input ?? {}) as Json;
  const parameters = (json.parameters ?? {}) as Json;
  for (const name of [rules.person, 'audio_url']) {
    if (typeof input[name] !== 'string' || input[name] === '') {
      throw invalidParameter(
        `Required parameter(s) missing or invalid, please check the request parameters: 'input.${name}'.`,
      );
    }
  }
  for (const [name, rule] of Object.entries(rules.parameters)) checkParameter(name, parameters[name], rule);

  const resolves = call.header('x-dashscope-ossresourceresolve') === 'enable';
  const work = async (signal: AbortSignal) => {
    const fetched = (url: unknown) => fetchMedia(context, url, { model: model.name, resolves });
    const person = await fetched(input[rules.person]);
    const sound = await fetched(input.audio_url);
    return film(context, model.name, { person, sound, parameters }, signal);
  };
  const fault = call.fault?.kind === 'error-event' ? call.fault : null;
  const task = tasksOf(context).submit(model.name, call.requestId, work, fault);
  // What goes wrong later is no part of this answer.
  await call.send(JSON.stringify({ output: { task_status: 'PENDING', task_id: task.id }, request_id: call.requestId }));
}

function checkParameter(name: string, value: unknown, rule: Rules['parameters'][string]): void {
  if (value === undefined) return;
  const good =
    rule === 'boolean'
      ? typeof value === 'boolean'
      : typeof rule[0] === 'number'
        ? typeof value === 'number' && value >= rule[0] && value <= Number(rule[1])
        : (rule as readonly string[]).includes(String(value));
  if (!good) throw invalidParameter(`The parameter ${name} is not valid: ${JSON.stringify(value)}.`);
}

async function film(
  context: BailianContext,
  model: string,
  of: { person: Sent; sound: Sent; parameters: Json },
  signal: AbortSignal,
): Promise<{ output: Json; usage: Json }> {
  const rules = RULES[model];
  const bad = (what: string, message: string) => new Refused(400, `InvalidFile.${what}`, message);
  if (of.sound.length > rules.soundBytes) throw bad('Size', 'The audio file size exceeds the limit.');
  const sound = await listenTo(of.sound, signal);
  if (sound === null) throw bad('Format', 'The input audio cannot be decoded.');
  const [shortest, longest] = rules.soundMs;
  if (sound.durationMs < shortest || sound.durationMs >= longest) {
    throw bad('Duration', `The audio duration must be between ${shortest / 1000} and ${longest / 1000} seconds.`);
  }

  let durationMs = sound.durationMs;
  let fps = Number(of.parameters.video_fps ?? 24);
  const still = rules.person === 'image_url';
  let size = { widthPx: 0, heightPx: 0 };
  const extended = of.parameters.video_extension === true;
  if (still) {
    const picture = await lookAt(of.person);
    if (picture === null) throw bad('Format', 'The input image cannot be decoded.');
    const problem = pictureProblem(model, picture, of.person.length);
    if (problem !== null) throw bad(problem.what, problem.message);
    size = picture;
  } else {
    const seen = await watch(of.person, signal);
    if (of.person.length > 300 * MB) throw bad('Size', 'The video file size exceeds the limit.');
    if (seen === null) throw bad('Format', 'The input video must be H.264 or H.265 in mp4, avi or mov.');
    if (seen.durationMs < 2000 || seen.durationMs > 120_000)
      throw bad('Duration', 'The video duration must be between 2 and 120 seconds.');
    if (seen.fps < 15 || seen.fps > 60) throw bad('FPS', 'The video frame rate must be between 15 and 60.');
    if (Math.min(seen.widthPx, seen.heightPx) < 640 || Math.max(seen.widthPx, seen.heightPx) > 2048) {
      throw bad('Resolution', 'The side length of the video must be between 640 and 2048.');
    }
    fps = seen.fps;
    size = seen;
    if (!extended) durationMs = Math.min(durationMs, seen.durationMs);
  }
  const maxSidePx = of.parameters.resolution === '480P' ? 832 : 1280;
  const made = await makeFilm(
    { person: of.person, still, sound: of.sound, fps, durationMs, ...size, looped: extended, maxSidePx },
    signal,
  );
  const url = context.files.link(made, 'video/mp4', `${model}.mp4`);
  const seconds = Math.round(durationMs / 10) / 100;
  if (model === 'videoretalk') {
    return {
      output: { video_url: url },
      usage: { video_duration: seconds, video_ratio: 'standard', size: '1280*720', fps: Math.round(fps) },
    };
  }
  const usage =
    model === 'liveportrait'
      ? { video_duration: seconds, video_ratio: 'standard' }
      : { duration: seconds, video_count: 1, SR: of.parameters.resolution ?? '480P' };
  return { output: { results: { video_url: url } }, usage };
}

function pictureProblem(
  model: string,
  picture: { widthPx: number; heightPx: number; empty: boolean },
  bytes: number,
): { what: string; message: string } | null {
  const [short, long] = [picture.widthPx, picture.heightPx].toSorted((a, b) => a - b);
  if (bytes > 10 * MB) return { what: 'Size', message: 'The image file size exceeds the limit.' };
  if (model.startsWith('wan2.2-s2v')) {
    if (short < 400 || long > 7000) return { what: 'Resolution', message: 'The image resolution is invalid.' };
  } else if (long > 4096 || long / short > 2)
    return { what: 'Resolution', message: 'The image resolution is invalid.' };
  return picture.empty ? { what: 'NoHuman', message: 'No human face detected.' } : null;
}

async function detect(call: HttpCall): Promise<void> {
  const model = modelNamed(call.context, call.json.model, 'native');
  if (model.kind !== 'detect') throw wrongAddress();
  const { image_url: url } = (call.json.input ?? {}) as Json;
  const resolves = call.header('x-dashscope-ossresourceresolve') === 'enable';
  // A picture may be uploaded once for the check and for the film.
  const uploaded = typeof url === 'string' && url.startsWith('oss://') ? call.context.files.get(url.slice(6)) : null;
  const owner =
    uploaded !== null && uploaded !== 'expired' && uploaded.model === model.name.replace(/-detect$/, '')
      ? uploaded.model
      : model.name;
  const bytes = await fetchMedia(call.context, url, { model: owner, resolves });
  const picture = await lookAt(bytes);
  if (picture === null) throw new Refused(400, 'InvalidFile.Format', 'The input image cannot be decoded.');
  const problem = pictureProblem(model.name, picture, bytes.length);
  const output =
    model.name === 'wan2.2-s2v-detect'
      ? { check_pass: problem === null, humanoid: problem?.what !== 'NoHuman' }
      : { pass: problem === null, message: problem?.message ?? 'success' };
  await call.reply({ output, usage: { image_count: 1 }, request_id: call.requestId });
}

async function query(call: HttpCall): Promise<void> {
  const task = tasksOf(call.context).get(call.parts[0]);
  if (task === null)
    return call.reply({ request_id: call.requestId, output: { task_id: call.parts[0], task_status: 'UNKNOWN' } });
  const when = (ms: number | null, name: string) => (ms === null ? {} : { [name]: beijingTime(ms) });
  await call.reply({
    request_id: call.requestId,
    output: {
      task_id: task.id,
      task_status: task.status,
      ...when(task.submittedMs, 'submit_time'),
      ...when(task.startedMs, 'scheduled_time'),
      ...when(task.endedMs, 'end_time'),
      ...task.output,
    },
    ...(task.usage === null ? {} : { usage: task.usage }),
  });
}

async function list(call: HttpCall): Promise<void> {
  const at = call.url.searchParams;
  const whole = (name: string, fallback: number) => Math.max(1, Number(at.get(name) ?? fallback) || fallback);
  const wanted = (task: Task) =>
    (at.get('status') === null || at.get('status') === task.status) &&
    (at.get('model_name') === null || at.get('model_name') === task.model);
  const all = tasksOf(call.context).list().filter(wanted);
  const [pageNo, size] = [whole('page_no', 1), Math.min(100, whole('page_size', 10))];
  await call.reply({
    total: all.length,
    data: all.slice((pageNo - 1) * size, pageNo * size).map((task) => ({
      api_key_id: '1',
      gmt_create: task.submittedMs,
      ...(task.startedMs === null ? {} : { start_time: task.startedMs }),
      ...(task.endedMs === null ? {} : { end_time: task.endedMs }),
      model_name: task.model,
      region: 'cn-beijing',
      request_id: task.requestId,
      status: task.status,
      task_id: task.id,
    })),
    total_page: Math.ceil(all.length / size),
    page_no: pageNo,
    page_size: size,
    request_id: call.requestId,
  });
}

async function cancel(call: HttpCall): Promise<void> {
  tasksOf(call.context).cancel(call.parts[0]);
  await call.reply({ request_id: call.requestId });
}
