/** What is done to a project as a whole. What goes wrong is thrown. */
import type { ProjectSummary } from '../../../app/contract/projects.ts';
import { rpc } from '../../bridge/index.ts';
import { language } from '../../state/language.ts';
import { showErrorToast } from '../../state/show-error.ts';
import { showToast } from '../../state/toasts.ts';

type Named = Pick<ProjectSummary, 'id' | 'name'>;

export const LONGEST_NAME = 200;

/** `Talk`, or `Talk 2` where that is taken. */
export function freeName(wanted: string, taken: readonly { name: string }[]): string {
  const names = new Set(taken.map(({ name }) => name));
  const base = wanted.trim().slice(0, LONGEST_NAME - 8);
  for (let number = 1; ; number++) {
    const name = number === 1 ? base : `${base} ${number}`;
    if (!names.has(name)) return name;
  }
}

export async function duplicate({ id, name }: Named): Promise<ProjectSummary> {
  const taken = await rpc.projects.list({});
  const copy = freeName(language().t('projects.copyOf', { name: name.slice(0, LONGEST_NAME - 20) }), taken);
  return rpc.projects.duplicate({ id, name: copy });
}

/** Into the trash; the news offers the way back. */
export async function throwAway({ id, name }: Named): Promise<void> {
  await rpc.projects.remove({ id });
  const { t } = language();
  showToast({
    tone: 'info',
    message: t('projects.thrownAway', { name }),
    action: { label: t('ui.undo'), run: () => void restore({ id, name }) },
  });
}

export async function restore({ id }: Named): Promise<void> {
  try {
    await rpc.projects.restore({ id });
  } catch (error) {
    showErrorToast(error);
  }
}
