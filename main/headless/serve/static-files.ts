/** The built interface. The list of files is made once, so that a path can name nothing else. */
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { StudioError } from '../../../app/errors/index.ts';
import { interfaceTypeOf } from '../../../app/media/interface-types.ts';

export interface StaticFiles {
  /** False: there is no such file. */
  serve(pathname: string, response: ServerResponse, withBody: boolean): Promise<boolean>;
}

/** @throws StudioError `host.interface-missing` */
export async function openStaticFiles(folder: string): Promise<StaticFiles> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = new Map<string, { path: string; type: string; fixed: boolean }>();
  for (const entry of entries) {
    const type = interfaceTypeOf(entry.name);
    if (!entry.isFile() || type === undefined) continue;
    const path = join(entry.parentPath, entry.name);
    const name = `/${relative(folder, path).split(sep).join('/')}`;
    // Vite names what lies in assets/ by its content.
    files.set(name, { path, type, fixed: name.startsWith('/assets/') });
  }
  const index = files.get('/index.html');
  if (index === undefined) throw new StudioError('host.interface-missing', { path: join(folder, 'index.html') });
  files.set('/', index);
  return {
    async serve(pathname, response, withBody) {
      const file = files.get(pathname);
      const info = file === undefined ? null : await stat(file.path).catch(() => null);
      if (file === undefined || info === null) return false;
      response.writeHead(200, {
        'content-type': file.type,
        'content-length': info.size,
        'cache-control': file.fixed ? 'private, max-age=31536000, immutable' : 'no-store',
      });
      if (withBody) await pipeline(createReadStream(file.path), response);
      else response.end();
      return true;
    },
  };
}
