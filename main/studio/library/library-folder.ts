import { join } from 'node:path';

/** Where the files of a work lie. @param id of the studio's own making */
export const libraryFolder = (dataDir: string, id: string): string => join(dataDir, 'library', id);
