/** The project that `--project` names: a project file with its folder, or a bundle, unpacked for as long as it is used. */
import type { Project } from '../../app/document/project.ts';
import { isZip } from '../files/safe-zip.ts';
import type { AssetSource } from '../storage/assets.ts';
import { unpackBundle } from '../storage/bundle-reader.ts';
import { openTempDir } from '../storage/paths.ts';
import { readProjectFile } from '../storage/project-file.ts';

export interface GivenProject extends AsyncDisposable {
  project: Project;
  assets: AssetSource;
}

/** @throws StudioError of `readProjectFile` and `unpackBundle` */
export async function openGivenProject(path: string, tempDir: string, signal: AbortSignal): Promise<GivenProject> {
  if (!(await isZip(path))) return { ...(await readProjectFile(path, { signal })), async [Symbol.asyncDispose]() {} };
  const scratch = await openTempDir(tempDir);
  try {
    const unpacked = await unpackBundle(path, scratch.path, { signal });
    return { ...unpacked, [Symbol.asyncDispose]: () => scratch.dispose() };
  } catch (error) {
    await scratch.dispose();
    throw error;
  }
}
