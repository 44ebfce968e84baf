/** The ways a project begins. Each gives its id; what goes wrong is thrown. */
import type { NewProjectRequest, ProjectSummary } from '../../../app/contract/projects.ts';
import type { AssetRef } from '../../../app/document/asset.ts';
import { presetSize, type StageShape } from '../../../app/media/stage-size.ts';
import { rpc } from '../../bridge/index.ts';
import { language } from '../../state/language.ts';
import { showErrorToast } from '../../state/show-error.ts';
import { examine } from '../portrait/examination.ts';
import { askAboutFirstPicture } from '../portrait/import/take-picture.ts';
import { freeName } from './project-operations.ts';

/** Distributes, so that each kind of request keeps its own fields. */
type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
type Beginning = Without<NewProjectRequest, 'name' | 'locale' | 'size'> & { wanted: string };

async function create({ wanted, ...beginning }: Beginning, shape: StageShape): Promise<ProjectSummary> {
  const name = freeName(wanted, await rpc.projects.list({}));
  const { locale } = language();
  return rpc.projects.create({ ...beginning, name, locale, size: presetSize(720, shape) } as NewProjectRequest);
}

/** A small talk by one of the studio's avatars, ready to play. */
export const createSample = (
  sampleId: string | undefined,
  wanted: string,
  shape: StageShape,
): Promise<ProjectSummary> => create({ from: 'sample', ...(sampleId !== undefined && { sampleId }), wanted }, shape);

/** An avatar of the studio with nothing to say yet. */
export const createEmpty = (sampleId: string, shape: StageShape): Promise<ProjectSummary> =>
  create(
    { from: 'empty', portrait: { kind: 'sample', id: sampleId }, wanted: language().t('projects.untitled') },
    shape,
  );

/** @throws what the studio says of a picture that it cannot use at all, before there is a project */
export async function createFromPicture(asset: AssetRef, shape: StageShape): Promise<ProjectSummary> {
  const portrait = { kind: 'asset' as const, asset };
  await examine(portrait, null);
  const wanted = (asset.fileName ?? '').replace(/\.[^.]{1,5}$/, '').trim() || language().t('projects.untitled');
  const made = await create({ from: 'empty', portrait, wanted }, shape);
  void askAboutFirstPicture(made.id, portrait).catch(showErrorToast);
  return made;
}
