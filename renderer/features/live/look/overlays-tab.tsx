import { Eye, EyeOff, Layers, Plus, Trash2 } from 'lucide-react';
import type { KeyboardEvent, ReactElement } from 'react';
import { useStore } from 'zustand';
import type { LiveOverlay } from '../../../../app/document/live-overlays.ts';
import { useT } from '../../../state/language.ts';
import { useDocument } from '../../../state/project.ts';
import { Button, cx, EmptyState, IconButton, Menu, type MenuEntry } from '../../../ui/index.ts';
import { choosePicture } from '../../stage/add-pictures.ts';
import styles from '../live.module.css';
import { addOverlay, OVERLAY_KINDS, removeOverlay } from '../live-edits.ts';
import { chooseOverlay, deskStore, useCommand, useIsOnAir, useShow } from '../live-store.ts';
import { OverlayForm } from './overlay-form.tsx';
import { OVERLAY_ICONS, OVERLAY_WORDS, overlayName } from './overlay-words.ts';
import { PlacingStage } from './placing-stage.tsx';

function useEntries(): MenuEntry[] {
  const t = useT();
  const ofPicture = async (): Promise<void> => {
    const picture = await choosePicture();
    if (picture !== null) addOverlay('picture', picture);
  };
  return OVERLAY_KINDS.map((kind) => ({
    label: t.any(OVERLAY_WORDS[kind]),
    icon: OVERLAY_ICONS[kind],
    onSelect: () => (kind === 'picture' ? void ofPicture() : addOverlay(kind)),
  }));
}

/** What can be laid over the picture: where, how it looks, and whether it is to be seen now. */
export function OverlaysTab(): ReactElement {
  const t = useT();
  const overlays = useDocument(({ live }) => live.overlays);
  const id = useStore(deskStore, (state) => state.overlayId);
  const chosen = overlays.find((each) => each.id === id) ?? null;
  const entries = useEntries();
  if (overlays.length === 0)
    return (
      <EmptyState icon={Layers} title={t('live.noOverlays')} text={t('live.noOverlaysText')}>
        <Menu
          entries={entries}
          trigger={
            <Button tone="primary" icon={Plus}>
              {t('live.addOverlay')}
            </Button>
          }
        />
      </EmptyState>
    );
  return (
    <div className={styles.form}>
      <PlacingStage />
      <div className={styles.listHead}>
        <h3>{t('live.overlayList')}</h3>
        <Menu align="end" entries={entries} trigger={<IconButton small icon={Plus} label={t('live.addOverlay')} />} />
      </div>
      <ul className={styles.list}>
        {overlays.map((overlay) => (
          <Row key={overlay.id} overlay={overlay} selected={overlay.id === id} />
        ))}
      </ul>
      {chosen === null ? (
        <p className={styles.note}>{t('live.chooseOverlay')}</p>
      ) : (
        <OverlayForm key={chosen.id} overlay={chosen} />
      )}
    </div>
  );
}

function Row({ overlay, selected }: { overlay: LiveOverlay; selected: boolean }): ReactElement {
  const t = useT();
  const { id, kind } = overlay;
  const onAir = useIsOnAir();
  const shown = useShow((status) => status?.session?.overlays.includes(id) ?? false);
  const command = useCommand();
  const Icon = OVERLAY_ICONS[kind];
  const name = overlayName(overlay);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Delete' && event.key !== 'Backspace') return;
    event.preventDefault();
    removeOverlay(id);
  };
  return (
    <li className={cx(styles.row, selected && styles.chosen)}>
      <button
        type="button"
        className={styles.rowFace}
        aria-pressed={selected}
        data-overlay-row={id}
        onClick={() => chooseOverlay(id)}
        onKeyDown={onKeyDown}
      >
        <Icon aria-hidden />
        <span className={styles.rowName}>{name}</span>
        <span className={styles.rowNote}>{t.any(OVERLAY_WORDS[kind])}</span>
      </button>
      {onAir && (
        <IconButton
          small
          icon={shown ? Eye : EyeOff}
          label={shown ? t('live.hideNamed', { name }) : t('live.showNamed', { name })}
          pressed={shown}
          onClick={() => command({ type: 'overlay', id, shown: !shown })}
        />
      )}
      <IconButton small icon={Trash2} label={t('live.removeNamed', { name })} onClick={() => removeOverlay(id)} />
    </li>
  );
}
