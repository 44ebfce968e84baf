import { ArrowDown, ArrowUp, CopyPlus, Ellipsis, ListPlus, ListVideo, Play, Plus, Power, Trash2 } from 'lucide-react';
import { type DragEvent, type KeyboardEvent, type ReactElement, useState } from 'react';
import { useStore } from 'zustand';
import type { Segment } from '../../../../app/document/live.ts';
import type { MessageKey } from '../../../i18n/index.ts';
import { useFormat, useT } from '../../../state/language.ts';
import { useDocument } from '../../../state/project.ts';
import { Badge, Button, cx, EmptyState, IconButton, Menu, type MenuEntry } from '../../../ui/index.ts';
import styles from '../live.module.css';
import {
  changeSegment,
  duplicateSegment,
  moveSegment,
  PARTS,
  type Part,
  placeSegment,
  removeSegment,
} from '../live-edits.ts';
import { chooseSegment, deskStore, useCommand, useIsOnAir, useShow } from '../live-store.ts';
import { newSegmentEntries } from './new-segment.ts';
import { SEGMENT_ICONS, segmentFacts, segmentName } from './segment-words.ts';

const PART_WORDS: Readonly<Record<Part, MessageKey>> = {
  opening: 'live.part_opening',
  segments: 'live.part_segments',
  closing: 'live.part_closing',
};
const DRAG_TYPE = 'application/x-shenghua-segment';

interface Place {
  part: Part;
  at: number;
}

/** Opening, rounds of segments, closing: what is played, where it is, and what is next. */
export function RunOfShow(): ReactElement {
  const t = useT();
  const show = useDocument(({ live }) => live.show);
  const [drop, setDrop] = useState<Place | null>(null);
  const round = useShow((status) => status?.session?.position?.round ?? null);
  const isEmpty = PARTS.every((part) => show[part].length === 0);
  return (
    <>
      <header className={styles.panelHead}>
        <h2>{t('live.runOfShow')}</h2>
        {round !== null && <Badge>{t('live.round', { number: round + 1 })}</Badge>}
        <span className={styles.spring} />
        <Menu
          align="end"
          entries={newSegmentEntries('segments', t)}
          trigger={<IconButton small icon={Plus} label={t('live.addSegment')} />}
        />
      </header>
      <div className={styles.panelBody}>
        {isEmpty && (
          <div className={styles.emptyShow}>
            <EmptyState icon={ListVideo} title={t('live.emptyShow')} text={t('live.emptyShowText')}>
              <Menu
                entries={newSegmentEntries('segments', t)}
                trigger={
                  <Button tone="primary" icon={ListPlus}>
                    {t('live.addSegment')}
                  </Button>
                }
              />
            </EmptyState>
          </div>
        )}
        {PARTS.map((part) => (
          <PartList key={part} part={part} segments={show[part]} drop={drop} setDrop={setDrop} />
        ))}
      </div>
    </>
  );
}

function PartList(props: {
  part: Part;
  segments: readonly Segment[];
  drop: Place | null;
  setDrop: (place: Place | null) => void;
}): ReactElement {
  const t = useT();
  const { part, segments, drop, setDrop } = props;
  const over = (at: number) => (event: DragEvent) => {
    if (!event.dataTransfer.types.includes(DRAG_TYPE)) return;
    event.preventDefault();
    event.stopPropagation();
    setDrop({ part, at });
  };
  const onDrop = (event: DragEvent): void => {
    const id = event.dataTransfer.getData(DRAG_TYPE);
    if (id === '' || drop === null) return;
    event.preventDefault();
    event.stopPropagation();
    const from = segments.findIndex((segment) => segment.id === id);
    placeSegment(id, drop.part, from >= 0 && from < drop.at ? drop.at - 1 : drop.at);
    setDrop(null);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dragging is a shortcut for what the rows' menus do.
    <div className={styles.part} onDragOver={over(segments.length)} onDrop={onDrop} onDragLeave={() => setDrop(null)}>
      <div className={styles.partHead}>
        <h3>{t.any(PART_WORDS[part])}</h3>
        <Menu
          align="end"
          entries={newSegmentEntries(part, t)}
          trigger={<IconButton small icon={Plus} label={t(`live.addTo_${part}`)} />}
        />
      </div>
      <ol className={styles.segments} aria-label={t.any(PART_WORDS[part])}>
        {segments.map((segment, at) => (
          <SegmentRow
            key={segment.id}
            segment={segment}
            dropBefore={drop?.part === part && drop.at === at}
            onDragOver={over(at)}
            onDragEnd={() => setDrop(null)}
          />
        ))}
      </ol>
      {drop?.part === part && drop.at === segments.length && <div className={styles.dropLine} />}
      {segments.length === 0 && <p className={styles.partEmpty}>{t(`live.partEmpty_${part}`)}</p>}
    </div>
  );
}

function SegmentRow(props: {
  segment: Segment;
  dropBefore: boolean;
  onDragOver: (event: DragEvent) => void;
  onDragEnd: () => void;
}): ReactElement {
  const t = useT();
  const format = useFormat();
  const { segment, dropBefore, onDragOver, onDragEnd } = props;
  const { id, enabled } = segment;
  const selected = useStore(deskStore, (state) => state.segmentId === id);
  const current = useShow((status) => status?.session?.position?.segmentId === id);
  const next = useShow((status) => status?.session?.next?.segmentId === id && !current);
  const line = useShow((status) =>
    status?.session?.position?.segmentId === id && segment.kind === 'script' ? status.session.position.line + 1 : null,
  );
  const onAir = useIsOnAir();
  const command = useCommand();
  const Icon = SEGMENT_ICONS[segment.kind];
  const name = segmentName(segment, t);
  const toggle = (): void =>
    changeSegment(id, (own) => {
      own.enabled = !own.enabled;
    });
  const goTo = (): void => command({ type: 'goTo', segmentId: id, line: 0 });
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Delete' || event.key === 'Backspace') removeSegment(id);
    else if (event.altKey && event.key === 'ArrowUp') keepFocus(id, () => moveSegment(id, -1));
    else if (event.altKey && event.key === 'ArrowDown') keepFocus(id, () => moveSegment(id, 1));
    else if (event.key === 'ArrowUp' || event.key === 'ArrowDown') stepFocus(event.key === 'ArrowUp' ? -1 : 1);
    else return;
    event.preventDefault();
  };
  const entries: MenuEntry[] = [
    ...(onAir ? [{ label: t('live.goTo'), icon: Play, onSelect: goTo } as const, 'separator' as const] : []),
    { label: t('live.moveUp'), icon: ArrowUp, shortcut: 'Alt+ArrowUp', onSelect: () => moveSegment(id, -1) },
    { label: t('live.moveDown'), icon: ArrowDown, shortcut: 'Alt+ArrowDown', onSelect: () => moveSegment(id, 1) },
    { label: t('live.duplicate'), icon: CopyPlus, onSelect: () => duplicateSegment(id) },
    'separator',
    { label: t('ui.delete'), icon: Trash2, shortcut: 'Delete', danger: true, onSelect: () => removeSegment(id) },
  ];
  return (
    <li
      className={cx(styles.segment, selected && styles.chosen, dropBefore && styles.dropBefore)}
      data-current={current || undefined}
      data-off={!enabled || undefined}
      draggable
      onDragStart={(event) => {
        event.dataTransfer.setData(DRAG_TYPE, id);
        event.dataTransfer.effectAllowed = 'move';
      }}
      onDragOver={onDragOver}
      onDragEnd={onDragEnd}
    >
      <button
        type="button"
        className={styles.segmentFace}
        data-segment={id}
        aria-pressed={selected}
        onClick={() => chooseSegment(id)}
        onKeyDown={onKeyDown}
      >
        <Icon aria-hidden />
        <span className={styles.segmentWords}>
          <span className={styles.segmentName}>{name}</span>
          <span className={styles.segmentFacts}>
            {current && (
              <Badge tone="error">{line === null ? t('live.now') : t('live.nowLine', { number: line })}</Badge>
            )}
            {next && <Badge tone="info">{t('live.next')}</Badge>}
            {!enabled && <Badge>{t('ui.off')}</Badge>}
            <span>{segmentFacts(segment, t, format)}</span>
          </span>
        </span>
      </button>
      {onAir && <IconButton small icon={Play} label={t('live.goToNamed', { name })} onClick={goTo} />}
      <IconButton small icon={Power} label={t('live.enableNamed', { name })} pressed={enabled} onClick={toggle} />
      <Menu
        align="end"
        entries={entries}
        trigger={<IconButton small icon={Ellipsis} label={t('live.moreFor', { name })} />}
      />
    </li>
  );
}

const faces = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('[data-segment]')];

function stepFocus(by: 1 | -1): void {
  const all = faces();
  const from = document.activeElement;
  const to = from instanceof HTMLElement ? all[all.indexOf(from) + by] : undefined;
  to?.focus();
  if (to?.dataset.segment !== undefined) chooseSegment(to.dataset.segment);
}

/** The row is drawn anew at its new place. */
function keepFocus(id: string, move: () => void): void {
  move();
  requestAnimationFrame(() =>
    faces()
      .find((each) => each.dataset.segment === id)
      ?.focus(),
  );
}
