/**
 * A process to be killed: saves one project over and over, each save telling its own number in several places, and after
 * each prints the number. Arguments: data folder, project id, how many saves (0: until killed).
 */
import { join } from 'node:path';
import { StudioError } from '../../app/errors/index.ts';
import { numberedContent, numberedProject, saveNumber } from './numbered-project.fixture.ts';
import { openStorage } from './open.ts';
import { writeProjectFile } from './project-file.ts';

const [dataDir = '', id = '', saves = '0'] = process.argv.slice(2);
const storage = await openStorage({ dataDir });
const wanted = Number(saves);

for (let done = 0; wanted === 0 || done < wanted; ) {
  const { project, revision } = storage.projects.load(id);
  const number = saveNumber(project) + 1;
  const asset = await storage.assets.put(numberedContent(number), { mediaType: 'application/octet-stream' });
  const next = numberedProject(id, number, asset);
  try {
    storage.projects.save(next, revision);
  } catch (error) {
    if (error instanceof StudioError && error.code === 'storage.project-changed-elsewhere') continue;
    throw error;
  }
  if (wanted === 0) await writeProjectFile(join(dataDir, 'talk.json'), next, { assets: storage.assets });
  done++;
  process.stdout.write(`${number}\n`);
}
storage.close();
