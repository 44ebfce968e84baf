/** Where the results go: the format by the name, the name by what is shown, and nothing over what is being read. */
import { stat } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { OUTPUT_FORMATS, type OutputFormat } from '../../app/document/output.ts';
import { StudioError } from '../../app/errors/index.ts';
import { safeFileName } from '../export/file-name.ts';
import { assertOutputNotInput, openPartFile } from '../media/part-file.ts';
import { badValue, oneOf, usage } from './faults.ts';

export interface OutputWish {
  out: string | undefined;
  format: OutputFormat | undefined;
  /** The format where neither name nor option says one. */
  otherwise: OutputFormat;
  /** Of the portrait or the project, for a name of our own. */
  name: string;
}

const formatOf = (extension: string): OutputFormat | undefined =>
  OUTPUT_FORMATS.find((format) => `.${format}` === extension.toLowerCase());

/** @throws UsageFault command.bad-value, command.format-mismatch; StudioError media.output-is-folder */
export async function chooseOutput({
  out,
  format,
  otherwise,
  name,
}: OutputWish): Promise<{ outPath: string; format: OutputFormat }> {
  if (out === undefined) {
    const chosen = format ?? otherwise;
    return { outPath: join('out', `${safeFileName(name, 'video')}-${stamp(new Date())}.${chosen}`), format: chosen };
  }
  const isFolder = /[\\/]$/.test(out) || (await stat(out).catch(() => null))?.isDirectory();
  if (isFolder) throw new StudioError('media.output-is-folder', { path: out.replace(/[\\/]+$/, '') || out });
  const extension = extname(out);
  if (extension === '') {
    const chosen = format ?? otherwise;
    return { outPath: `${out}.${chosen}`, format: chosen };
  }
  const byName = formatOf(extension);
  if (byName === undefined && format === undefined) {
    throw badValue('--out', basename(out), {
      en: `a name that ends in ${OUTPUT_FORMATS.map((each) => `.${each}`).join(', ')}, or say the format with --format`,
      zh: `以 ${OUTPUT_FORMATS.map((each) => `.${each}`).join('、')} 结尾的文件名，或用 --format 指定格式`,
    });
  }
  if (byName !== undefined && format !== undefined && byName !== format)
    throw usage('command.format-mismatch', { format, path: basename(out) });
  return { outPath: out, format: format ?? byName ?? otherwise };
}

/** `20261122-141503`, in the person's time: never the name of an earlier video. */
function stamp(now: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  return `${day}-${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
}

export interface NamedOutput {
  /** The option that names it. */
  option: string;
  path: string;
}

/**
 * Every output is somewhere else than every input and every other output, and can be written: found out before the work.
 * @throws StudioError media.output-is-input, media.output-not-writable …; UsageFault command.same-file-twice
 */
export async function checkOutputs(outputs: readonly NamedOutput[], inputs: readonly string[]): Promise<void> {
  const seen = new Set<string>();
  for (const { option, path } of outputs) {
    const full = resolve(path);
    if (seen.has(full)) throw usage('command.same-file-twice', { option, path });
    seen.add(full);
    await assertOutputNotInput(path, inputs);
  }
  for (const { path } of outputs) await (await openPartFile(path)).discard();
}

export const formatChoice = (value: string): OutputFormat => {
  const found = OUTPUT_FORMATS.find((format) => format === value);
  if (found === undefined) throw badValue('--format', value, oneOf(OUTPUT_FORMATS));
  return found;
};
