import { Captions, FileText, type LucideIcon, ScrollText } from 'lucide-react';
import type { ScriptExportFormat } from '../../../../app/contract/script.ts';
import { type Action, hasProject } from '../../../actions/action.ts';
import { saveFile } from '../../../bridge/files.ts';
import { rpc } from '../../../bridge/index.ts';
import type { MessageKey } from '../../../i18n/index.ts';
import { language } from '../../../state/language.ts';
import { projectStore } from '../../../state/project.ts';
import { showToast } from '../../../state/toasts.ts';

const written = (format: ScriptExportFormat, label: MessageKey, icon: LucideIcon): Action => ({
  id: `script.export-${format}`,
  label,
  icon,
  enabled: (state) => hasProject(state) && state.project.document?.script.lines.length !== 0,
  async run({ project: { id } }) {
    if (id === null) return;
    // What was typed last is in it.
    await projectStore().flush();
    const { path, fileName, estimatedLines } = await rpc.script.exportFile({ projectId: id, format });
    const saved = await saveFile(path, fileName);
    if (!saved || estimatedLines === 0) return;
    const { t } = language();
    showToast({
      tone: 'info',
      message: t('script.exportEstimated', { count: estimatedLines }),
      hint: t('script.exportEstimatedHint'),
    });
  },
});

/** The script, without picture or sound. */
export const exportActions: Action[] = [
  written('txt', 'script.exportTxt', ScrollText),
  written('md', 'script.exportMd', FileText),
  written('srt', 'script.exportSrt', Captions),
  written('vtt', 'script.exportVtt', Captions),
];
