import { Maximize, ZoomIn, ZoomOut } from 'lucide-react';
import type { ReactElement } from 'react';
import { useFormat, useT } from '../../../state/language.ts';
import { IconButton } from '../../../ui/index.ts';
import styles from './editor.module.css';
import type { Viewport } from './viewport.ts';

export function ZoomTools({ viewport }: { viewport: Viewport }): ReactElement {
  const t = useT();
  const format = useFormat();
  return (
    <div className={styles.zoom} role="toolbar" aria-label={t('portrait.zoom')}>
      <IconButton
        small
        icon={ZoomOut}
        label={t('portrait.zoomOut')}
        shortcut="-"
        onClick={() => viewport.zoomBy(1 / 1.25)}
      />
      <span>{format.percent(viewport.view.scale)}</span>
      <IconButton small icon={ZoomIn} label={t('portrait.zoomIn')} shortcut="+" onClick={() => viewport.zoomBy(1.25)} />
      <IconButton small icon={Maximize} label={t('portrait.zoomFit')} shortcut="0" onClick={viewport.fit} />
    </div>
  );
}
