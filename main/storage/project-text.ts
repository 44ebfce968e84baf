/** A document's bytes as JSON, with words for what is none. */
import { StudioError } from '../../app/errors/index.ts';

/** @throws StudioError `storage.project-file-not-json` */
export function decodeText(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new StudioError(
      'storage.project-file-not-json',
      { path, detail: 'its bytes are not UTF-8 text.', detailZh: '内容不是 UTF-8 文本。' },
      { cause },
    );
  }
}

/** @throws StudioError `storage.project-file-not-json`, naming the place */
export function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const { message } = cause as Error;
    const [, line, column] = /line (\d+) column (\d+)/.exec(message) ?? [];
    const detailZh = line === undefined ? 'JSON 语法有误。' : `第 ${line} 行第 ${column} 列 JSON 语法有误。`;
    throw new StudioError('storage.project-file-not-json', { path, detail: `${message}.`, detailZh }, { cause });
  }
}
