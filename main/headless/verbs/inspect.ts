import { describeError, StudioError } from '../../../app/errors/index.ts';
import { describeFinding } from '../../../app/i18n/findings.ts';
import { createStudio } from '../../compose.ts';
import type { DetectedFace } from '../../engine/ports/portrait.ts';
import { readPictureFile } from '../../portrait/decode.ts';
import type { PortraitInspection } from '../../portrait/prepare.ts';
import type { Verb, VerbContext } from '../cli.ts';

const SEVERITY = {
  info: { en: 'note', zh: '提示' },
  warning: { en: 'warning', zh: '注意' },
  severe: { en: 'serious', zh: '严重' },
} as const;

/** Fails when any of the pictures cannot be used; the others are told all the same. */
export const inspectVerb: Verb = async (context) => {
  const { args, console, signal, studio: where } = context;
  await using studio = createStudio(where);
  const pictures: Record<string, unknown>[] = [];
  let failure: StudioError | undefined;
  for (const [i, path] of args.entries()) {
    if (i > 0) console.print('');
    try {
      const found = await studio.portraits.inspect(await readPictureFile(path, signal), signal);
      tellPicture(path, found, context);
      if (found.faces.length === 0) throw new StudioError('portrait.no-face');
      pictures.push({ path, ...told(found, context) });
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof StudioError)) throw error;
      failure ??= error;
      pictures.push({ path, error: console.tell(error) });
      if (args.length > 1) {
        const { message, hint } = describeError(error, console.locale);
        console.print(`${path}${console.words({ en: ': ', zh: '：' })}${message}\n  ${hint}`);
      }
    }
  }
  return { json: { pictures }, failure };
};

function told({ width, height, faces }: PortraitInspection, { console }: VerbContext): Record<string, unknown> {
  return {
    widthPx: width,
    heightPx: height,
    faces: faces.map(({ index, box, confidence, pose, findings }) => ({
      number: index + 1,
      box,
      confidence,
      pose,
      findings: findings.map((finding) => ({ ...finding, ...describeFinding(finding.code, console.locale) })),
    })),
  };
}

function tellPicture(path: string, { width, height, faces }: PortraitInspection, { console }: VerbContext): void {
  const { words } = console;
  console.print(
    words({
      en: `${path}: ${width}×${height} pixels, ${faces.length === 1 ? 'one face' : `${faces.length} faces`}`,
      zh: `${path}：${width}×${height} 像素，${faces.length} 张人脸`,
    }),
  );
  for (const face of faces) tellFace(face, faces.length > 1, console);
  if (faces.length > 1) {
    console.print(
      words({
        en: `Choose one with --face, such as --face 1 (counted from the left).`,
        zh: '请用 --face 选择一张，例如 --face 1（从左数）。',
      }),
    );
  }
}

function tellFace({ index, box, findings }: DetectedFace, numbered: boolean, console: VerbContext['console']): void {
  const { words } = console;
  if (numbered) {
    const at = `${Math.round(box.x)},${Math.round(box.y)}`;
    const size = `${Math.round(box.width)}×${Math.round(box.height)}`;
    console.print(
      words({ en: `Face ${index + 1}: ${size} at ${at}`, zh: `第 ${index + 1} 张脸：${size}，位于 ${at}` }),
    );
  }
  if (findings.length === 0)
    console.print(words({ en: '  Nothing to complain of: a good portrait.', zh: '  没有问题，很适合做人像。' }));
  for (const { code, severity } of findings) {
    const { message, advice } = describeFinding(code, console.locale);
    const mark = words(SEVERITY[severity]);
    console.print(words({ en: `  ${mark}: ${message}\n    ${advice}`, zh: `  ${mark}：${message}\n    ${advice}` }));
  }
}
