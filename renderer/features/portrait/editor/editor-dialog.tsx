/** The portrait editor: points of the face, framing, and cutting, each over the picture with its effect beside it. */
import { Crop, Frame, Redo2, Spline, Undo2 } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import type { PortraitSource } from '../../../../app/document/avatar.ts';
import { useAction } from '../../../actions/registry.ts';
import { useT } from '../../../state/language.ts';
import { useDocument } from '../../../state/project.ts';
import { closeDialog } from '../../../state/ui-store.ts';
import { Dialog, ErrorBox, IconButton, Segments, Spinner } from '../../../ui/index.ts';
import { useExamination } from '../examination.ts';
import type { Group } from '../model/face-points.ts';
import { CropTool } from './crop-tool.tsx';
import styles from './editor.module.css';
import { FramingTool } from './framing-tool.tsx';
import { PointsTool } from './points-tool.tsx';

type Tool = 'points' | 'framing' | 'crop';
interface Asked {
  tool: Tool;
  /** A picture that is not in the document yet: it can only be cut. */
  pending?: PortraitSource;
  group?: Group;
}

export default function EditorDialog({ argument }: { argument: unknown }): ReactElement {
  const t = useT();
  const { tool: first, pending, group } = argument as Asked;
  const [tool, setTool] = useState<Tool>(first);
  const own = useDocument(({ avatar }) => avatar.portrait);
  const faceIndex = useDocument(({ avatar }) => avatar.faceIndex);
  const portrait = pending ?? own;
  const examination = useExamination(portrait, pending === undefined ? faceIndex : null);
  const steps = [useAction('edit.undo'), useAction('edit.redo')];
  return (
    <Dialog title={t('portrait.editor')} size="full" onClose={closeDialog}>
      <div className={styles.editor} data-document-editor>
        <div className={styles.bar}>
          {pending === undefined ? (
            <Segments
              bare
              label={t('portrait.tool')}
              value={tool}
              onChange={setTool}
              options={[
                { value: 'points', label: t('portrait.toolPoints'), icon: Spline },
                { value: 'framing', label: t('portrait.toolFraming'), icon: Frame },
                ...(portrait.kind === 'asset'
                  ? [{ value: 'crop' as const, label: t('portrait.toolCrop'), icon: Crop }]
                  : []),
              ]}
            />
          ) : (
            <p>{t('portrait.cropPending')}</p>
          )}
          <span className={styles.spring} />
          {pending === undefined &&
            steps.map(({ action, label, shortcut, disabled, run }) => (
              <IconButton
                key={action.id}
                icon={action.id === 'edit.undo' ? Undo2 : Redo2}
                {...{ label, shortcut, disabled }}
                onClick={run}
              />
            ))}
        </div>
        {examination.state === 'looking' ? (
          <p className={styles.wait} role="status">
            <Spinner />
            {t('portrait.looking')}
          </p>
        ) : examination.state === 'failed' ? (
          <div className={styles.wait}>
            <ErrorBox error={examination.error} onRetry={examination.retry} />
          </div>
        ) : tool === 'points' && pending === undefined ? (
          <PointsTool seen={examination.portrait} face={examination.face} firstGroup={group ?? null} />
        ) : tool === 'framing' && pending === undefined ? (
          <FramingTool seen={examination.portrait} />
        ) : (
          <CropTool portrait={portrait} seen={examination.portrait} />
        )}
      </div>
    </Dialog>
  );
}
