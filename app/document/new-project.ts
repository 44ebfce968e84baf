import type { z } from 'zod';
import type { avatarSchema, PortraitSource } from './avatar.ts';
import { parseProject } from './migrations.ts';
import { PROJECT_VERSION, type Project, type projectSchema } from './project.ts';

/** What is said about a new project; the rest takes the document's defaults. */
export interface NewProject extends Omit<z.input<typeof projectSchema>, 'version' | 'avatar'> {
  portrait: PortraitSource;
  avatar?: Omit<z.input<typeof avatarSchema>, 'portrait'> | undefined;
}

/**
 * A complete project. The caller gives the id, since nothing in the document may be random.
 * @throws StudioError `storage.document-invalid` when something given is out of its range
 */
export function newProject({ portrait, avatar, ...rest }: NewProject): Project {
  return parseProject({ ...rest, version: PROJECT_VERSION, avatar: { ...avatar, portrait } });
}
