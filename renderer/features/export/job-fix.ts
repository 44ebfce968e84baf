/** Where the person can do something about a failed export. */
import type { WireError } from '../../../app/contract/base.ts';
import type { ExportJob } from '../../../app/contract/exports.ts';
import { rpc } from '../../bridge/index.ts';
import type { MessageKey } from '../../i18n/index.ts';
import { showErrorToast } from '../../state/show-error.ts';
import { navigate, showTab } from '../../state/ui-store.ts';
import { showSettings } from '../settings/settings-store.ts';

export interface JobFix {
  label: MessageKey;
  run: () => void;
}

/** null: trying again is all there is. */
export function fixFor(
  { code }: Pick<WireError, 'code'>,
  { id, projectId, target }: Pick<ExportJob, 'id' | 'projectId' | 'target'>,
): JobFix | null {
  const toProject = (label: MessageKey, tab?: string): JobFix => ({
    label,
    run() {
      if (tab !== undefined) showTab('inspector', tab);
      navigate({ screen: 'workspace', projectId });
    },
  });
  if (code.startsWith('cloud.') && (target.renderer ?? 'embedded') !== 'embedded')
    return { label: 'export.makeHere', run: () => void rpc.exports.retryEmbedded({ id }).catch(showErrorToast) };
  if (/disk-full$|not-writable$/.test(code)) return { label: 'export.toData', run: () => showSettings('data') };
  if (/^media\.(ffmpeg|encoder|hardware)/.test(code))
    return { label: 'export.toMachine', run: () => showSettings('machine') };
  if (code.startsWith('portrait.')) return toProject('export.toPortrait', 'portrait');
  if (code.startsWith('stage.')) return toProject('export.toStage', 'stage');
  if (code.startsWith('script.') || code.startsWith('speech.')) return toProject('export.toScript');
  if (code.startsWith('storage.asset')) return toProject('export.toProject');
  return null;
}
