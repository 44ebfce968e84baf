/** Which execution provider draws fastest here: measured once for a model, a machine and a driver, and remembered. */
import { readFile } from 'node:fs/promises';
import { arch, cpus, platform, release } from 'node:os';
import { z } from 'zod';
import { ONNX_PROVIDERS, type OnnxProvider } from '../../../../native-models/onnx/protocol.ts';
import { writeTextWhole } from '../../../files/atomic-file.ts';

export interface ProviderMemory {
  /** A file of its own, made when first needed. */
  path: string;
}

const rememberedSchema = z.record(z.string(), z.array(z.enum(ONNX_PROVIDERS)).min(1));

/**
 * Fastest first; always ends with the processor, which every machine has. `trial` gives milliseconds a frame, and rejects where a
 * provider does not work.
 */
export async function chooseProvider({
  model,
  available,
  memory,
  trial,
}: {
  model: string;
  available: readonly OnnxProvider[];
  memory?: ProviderMemory | undefined;
  trial(provider: OnnxProvider): Promise<number>;
}): Promise<OnnxProvider[]> {
  const others = available.filter((provider) => provider !== 'cpu');
  if (others.length === 0) return ['cpu'];
  const key = `${model} | ${await machine()}`;
  const remembered = await read(memory);
  const known = remembered[key];
  if (known?.every((provider) => available.includes(provider))) return known;
  const measured: { provider: OnnxProvider; frameMs: number }[] = [];
  // The processor first: it is loaded already, and with it there is something whatever the others do to their process.
  for (const provider of ['cpu', ...others] as const) {
    const frameMs = await trial(provider).catch(() => null);
    if (frameMs !== null) measured.push({ provider, frameMs });
  }
  const order = measured.sort((a, b) => a.frameMs - b.frameMs).map(({ provider }) => provider);
  const fallingBack = order.slice(0, order.indexOf('cpu') + 1);
  const chosen: OnnxProvider[] = fallingBack.length > 0 ? fallingBack : ['cpu'];
  if (memory)
    await writeTextWhole(memory.path, JSON.stringify({ ...remembered, [key]: chosen })).catch(() => undefined);
  return chosen;
}

async function read(memory: ProviderMemory | undefined): Promise<Record<string, OnnxProvider[]>> {
  if (memory === undefined) return {};
  try {
    return rememberedSchema.parse(JSON.parse(await readFile(memory.path, 'utf8')));
  } catch {
    // None yet, or not ours: measured anew.
    return {};
  }
}

/** What a measurement holds for: another driver or system is measured anew. */
async function machine(): Promise<string> {
  const driver = await readFile('/proc/driver/nvidia/version', 'utf8').catch(() => '');
  return `${platform()} ${release()} ${arch()} ${cpus()[0]?.model ?? ''} ×${cpus().length} ${driver.split('\n')[0]}`.trim();
}
