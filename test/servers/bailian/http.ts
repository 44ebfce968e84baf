/** The HTTP door: reads a request, asks for its key, lets the fault in store happen, and hands it to the surface it is for. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BailianContext } from './context.ts';
import type { Fault, Surface } from './faults.ts';
import { accountRoutes } from './http-account.ts';
import { HttpCall, type Json } from './http-call.ts';
import { chatRoutes } from './http-chat.ts';
import { customizationRoutes } from './http-customization.ts';
import { generationRoutes } from './http-generation.ts';
import { knowledgeRoutes } from './http-knowledge.ts';
import { popRoutes } from './http-pop.ts';
import type { HttpRoute } from './http-route.ts';
import { taskRoutes } from './http-tasks.ts';
import { Refused } from './refusal.ts';

const routes: readonly HttpRoute[] = [
  ...chatRoutes,
  ...generationRoutes,
  ...knowledgeRoutes,
  ...accountRoutes,
  ...popRoutes,
  ...customizationRoutes,
  ...taskRoutes,
];

const MAX_BODY_BYTES = 110 * 1024 * 1024;

export function serveHttp(context: BailianContext): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    serve(context, request, response).catch((error: unknown) => {
      if (context.closing.aborted || response.destroyed) return;
      console.error('The local Bailian failed:', error);
      response.destroy();
    });
  };
}

async function serve(context: BailianContext, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', context.origin);
  const bytes = await read(request);
  const found = match(request.method ?? 'GET', url.pathname);
  const json = found === null || found.route.takes === 'json' ? parse(bytes) : {};
  const form = new URLSearchParams(url.search);
  if (found?.route.takes === 'form')
    for (const [name, value] of new URLSearchParams(bytes.toString('utf8'))) form.append(name, value);
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  response.on('error', () => {});
  const surface: Surface = found === null ? 'any' : found.route.surface({ json: json ?? {}, form });
  const dialect = found?.route.dialect ?? (url.pathname.startsWith('/compatible') ? 'compatible' : 'native');
  const model = json?.model;
  const served = context.log({
    surface,
    path: url.pathname,
    headers: request.headers,
    model: typeof model === 'string' ? model : url.searchParams.get('model'),
    body:
      found?.route.takes === 'form'
        ? Object.fromEntries(form)
        : found?.route.takes === 'bytes'
          ? { bytes: bytes.length }
          : (json ?? bytes.toString('utf8').slice(0, 2000)),
  });
  const keyed = found?.route.keyed ?? true;
  const problem = keyed ? context.keyProblem(request.headers) : null;
  const fault = problem === null && found !== null ? context.faults.take(surface) : null;
  const left = AbortSignal.any([gone.signal, context.closing]);
  const parts = found?.parts ?? [];
  const call = new HttpCall({
    context,
    request,
    response,
    url,
    parts,
    bytes,
    json: json ?? {},
    form,
    served,
    dialect,
    left,
    fault,
  });
  try {
    if (problem === 'missing') throw new Refused(401, 'InvalidApiKey', 'No API-key provided.');
    if (problem === 'wrong' || fault?.kind === 'unauthorised') throw unauthorised(dialect);
    if (found === null) throw new Refused(404, 'NotFound', 'The requested resource could not be found.');
    if (fault?.kind === 'captive-portal' || fault?.kind === 'wrong-content-type') return await call.standIn(fault.kind);
    refuseByFault(fault);
    keepLimit(context, surface);
    if (json === null)
      throw new Refused(400, 'InvalidParameter', 'Required body invalid, please check the request body format.');
    await found.route.serve(call);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    await call.refuse(error);
  }
}

function refuseByFault(fault: Fault | null): void {
  if (fault?.kind === 'error') throw new Refused(fault.status, fault.code, fault.message);
  if (fault?.kind === 'idle-timeout') {
    throw new Refused(500, 'RequestTimeOut', 'Request timed out, please try again later.');
  }
}

/** @throws Refused when the surface's limit is overrun, evenly or in a burst */
function keepLimit(context: BailianContext, surface: Surface): void {
  const perMinute = context.limits.get(surface);
  if (perMinute === undefined) return;
  const now = performance.now();
  // The one that is asking is in the log already; what was throttled does not count.
  const within = (ms: number) =>
    context.requests.filter(
      (one) => one.surface === surface && now - one.atMs < ms && !one.code?.startsWith('Throttling'),
    ).length;
  if (within(60_000) > perMinute) {
    throw new Refused(429, 'Throttling.RateQuota', 'Requests rate limit exceeded, please try again later.');
  }
  if (within(1000) > Math.ceil(perMinute / 60)) {
    throw new Refused(
      429,
      'Throttling.BurstRate',
      'Request rate increased too quickly. To ensure system stability, please adjust your client logic to scale requests more smoothly over time.',
    );
  }
}

function unauthorised(dialect: string): Refused {
  if (dialect === 'pop') return new Refused(404, 'InvalidAccessKeyId.NotFound', 'Specified access key is not found.');
  return new Refused(401, 'InvalidApiKey', 'Invalid API-key provided.');
}

function match(method: string, path: string): { route: HttpRoute; parts: string[] } | null {
  for (const route of routes) {
    if (!route.methods.includes(method)) continue;
    const parts = route.path.exec(path);
    if (parts !== null) return { route, parts: parts.slice(1).map(decodeURIComponent) };
  }
  return null;
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length <= MAX_BODY_BYTES) pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** null: no JSON object. An empty body is an empty object: some calls have none. */
function parse(bytes: Buffer): Json | null {
  if (bytes.length === 0) return {};
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
  } catch {
    return null;
  }
}
