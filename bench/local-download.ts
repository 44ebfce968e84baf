/** Models as files: what a download that is cut again and again costs, against the same bytes asked for in one piece. */
import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import type { ModelEntry } from '../app/models/manifest.ts';
import { CHUNK_BYTES } from '../main/models/download.ts';
import { createModels } from '../main/models/index.ts';
import { type ModelSource, startModelSource } from '../test/servers/model-source.ts';
import type { BenchRun } from './bench.ts';
import { type Figure, figure } from './figures.ts';

const FILE_BYTES = 128 * 1024 * 1024;
const CUTS = 20;
const PATH = 'graph.onnx';

export async function localDownloadFigures({ scratchDir, signal, say }: BenchRun): Promise<Figure[]> {
  const bytes = onnx(FILE_BYTES);
  await using source = await startModelSource({ [PATH]: bytes });
  say('a file in one piece, as fast as this machine sends and reads');
  const plainMs = await plainly(source);
  say('the same, kept and checked');
  const [wholeMs] = await fetched(source, bytes, join(scratchDir, 'whole'), signal);
  say(`the same, cut at ${CUTS} random places`);
  source.sentBytes.clear();
  source.faults.set(PATH, {
    cuts: Array.from({ length: CUTS }, () => 1 + Math.floor(Math.random() * (CHUNK_BYTES - 1))),
  });
  const [cutMs, exact] = await fetched(source, bytes, join(scratchDir, 'cut'), signal);
  const left = source.faults.get(PATH)?.cuts?.length ?? 0;
  const twice = (source.sentBytes.get(PATH) ?? 0) - bytes.length;
  return [
    figure('download cut at random and resumed: places', CUTS - left, '', { atLeast: CUTS }),
    figure('… byte-exact', exact ? 1 : 0, '', { atLeast: 1 }),
    figure('… bytes fetched twice, of what one chunk a cut would be', twice / (CUTS * CHUNK_BYTES), '', { atMost: 1 }),
    figure('… bytes fetched twice a cut', twice / CUTS / 1024, 'KiB', null),
    figure('download kept and checked, against reading it', wholeMs / plainMs, '×', null),
    figure('download cut, against whole', cutMs / wholeMs, '×', null),
  ];
}

/** IR version 9, and a graph that nobody looks into. */
function onnx(size: number): Buffer {
  const length: number[] = [];
  for (let rest = size; ; rest = Math.floor(rest / 128)) {
    length.push(rest >= 128 ? (rest % 128) + 128 : rest);
    if (rest < 128) break;
  }
  return Buffer.concat([Buffer.from([0x08, 9, 0x3a, ...length]), randomBytes(size)]);
}

async function plainly(source: ModelSource): Promise<number> {
  const startMs = performance.now();
  await new Promise<void>((resolve, reject) => {
    const asked = request(`${source.url}/${PATH}`, (response) =>
      response.resume().on('end', resolve).on('error', reject),
    );
    asked.on('error', reject).end();
  });
  return performance.now() - startMs;
}

async function fetched(
  source: ModelSource,
  bytes: Buffer,
  folder: string,
  signal: AbortSignal,
): Promise<[ms: number, exact: boolean]> {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const words = { zh: 'bench', en: 'bench' };
  const entry: ModelEntry = {
    ...{ id: 'bench', version: '1', task: 'vad', runtime: 'sherpa', family: 'silero', name: words, languages: [] },
    ...{
      licence: { name: 'MIT', url: null, commercial: true },
      memoryBytes: 1,
      notes: words,
      settings: { model: PATH },
    },
    files: [{ path: PATH, bytes: bytes.length, sha256, sources: [`${source.url}/${PATH}`] }],
  };
  await using models = createModels({ folder, isOffline: () => false, builtIn: [entry] });
  const startMs = performance.now();
  const model = await models.get(entry, { signal, acceptLicence: false });
  const ms = performance.now() - startMs;
  return [ms, (await readFile(join(model.folder, PATH))).equals(bytes)];
}
