import {
  Brackets,
  FileInput,
  FileOutput,
  MessageSquarePlus,
  Plus,
  Search,
  Sparkles,
  TriangleAlert,
} from 'lucide-react';
import { type KeyboardEvent, type ReactElement, useCallback, useEffect, useMemo, useRef } from 'react';
import { useStore } from 'zustand';
import { runAction, toMenuItem, useAction, viewAction } from '../../actions/registry.ts';
import { shortcutOf } from '../../actions/shortcut.ts';
import { useLanguage } from '../../state/language.ts';
import { useDocument } from '../../state/project.ts';
import { activeLineId, openDialog, uiStore } from '../../state/ui-store.ts';
import {
  Button,
  cx,
  DropZone,
  EmptyState,
  IconButton,
  Menu,
  VirtualList,
  type VirtualListHandle,
} from '../../ui/index.ts';
import popups from '../../ui/popups.module.css';
import { exportActions } from './actions/export.ts';
import { caretStore, lastCaret, putCaret } from './caret.ts';
import { onCopy, onPasteLines } from './clipboard.ts';
import { ListeningOptions } from './dictation/listening-options.tsx';
import { durationStore, followDurations } from './durations.ts';
import { faultTipStore } from './fault-tip.ts';
import { FindBar } from './find-bar.tsx';
import { findStore, followDocument } from './find-store.ts';
import { deleteLines, insertLine, selectedIds } from './line-edits.ts';
import { lineIds } from './lines-index.ts';
import { stopListening } from './listen.ts';
import { extendSelection, selectAllLines } from './multi-select.ts';
import { followPlayHead, playingLineStore } from './playing-line.ts';
import { RowPopups } from './row-popups.tsx';
import styles from './script.module.css';
import { ScriptRow } from './script-row.tsx';
import { writingActions } from './writing/writing-actions.ts';
import { WritingBar } from './writing/writing-bar.tsx';

const ROW_HEIGHT = 32;

/** The script, a line at a time. */
export default function ScriptPanel(): ReactElement {
  const { t } = useLanguage();
  const ids = useDocument(lineIds);
  const list = useRef<VirtualListHandle>(null);
  const findOpen = useStore(findStore, ({ open }) => open);
  const latest = useRef(ids);
  latest.current = ids;
  const show = useCallback((lineId: string) => {
    const scroll = (): boolean => {
      const index = latest.current.indexOf(lineId);
      if (index >= 0) list.current?.scrollToIndex(index, 'auto');
      return index >= 0;
    };
    // A line that has just been put in is drawn with the next picture.
    if (!scroll()) requestAnimationFrame(scroll);
  }, []);

  useEffect(() => {
    const ends = [followDurations(), followDocument(), followPlayHead(), stopListening];
    return () => {
      for (const end of ends) end();
    };
  }, []);
  useShownLines(show);
  useCaretNeverLost(ids);

  const keyAt = useCallback((index: number) => ids[index] ?? String(index), [ids]);
  const row = useCallback((index: number) => <ScriptRow id={ids[index]!} index={index} count={ids.length} />, [ids]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys and clipboard of whatever in it has the focus.
    <div
      className={styles.panel}
      onKeyDown={onListKey}
      onCopy={(event) => onCopy(event.nativeEvent, false) && event.preventDefault()}
      onCut={(event) => onCopy(event.nativeEvent, true) && event.preventDefault()}
      onPasteCapture={(event) => {
        if (!onPasteLines(event.nativeEvent, activeLineId(uiStore.getState()))) return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <Toolbar />
      {findOpen && <FindBar show={show} />}
      <WritingBar />
      <div className={styles.body}>
        <DropZone label={t('script.dropFile')} onFiles={(files) => openDialog('script.import', files[0])}>
          {ids.length === 0 ? (
            <Empty />
          ) : (
            <VirtualList
              handle={list}
              count={ids.length}
              keyAt={keyAt}
              estimatedHeight={ROW_HEIGHT}
              overscan={6}
              role="list"
              aria-label={t('shell.script')}
              tabIndex={-1}
              data-script-list
              className={styles.list}
            >
              {row}
            </VirtualList>
          )}
        </DropZone>
      </div>
      <RowPopups />
      <FaultTip />
    </div>
  );
}

/** Keys while the focus is on the list itself or on a line's button. */
function onListKey(event: KeyboardEvent<HTMLElement>): void {
  const { target } = event;
  if (event.defaultPrevented || event.nativeEvent.isComposing) return;
  if (!(target instanceof HTMLElement) || target.closest('textarea, input') !== null) return;
  const inRow = target.closest('[data-line-row]') !== null;
  if (!inRow && target.dataset.scriptList === undefined) return;
  const shortcut = shortcutOf(event.nativeEvent);
  const active = activeLineId(uiStore.getState());
  if (shortcut === 'Delete' || shortcut === 'Backspace') deleteLines(selectedIds());
  else if (shortcut === 'Shift+ArrowDown' || shortcut === 'Shift+ArrowUp') {
    if (!extendSelection(shortcut === 'Shift+ArrowDown' ? 1 : -1)) return;
  } else if (shortcut === 'Mod+A') selectAllLines();
  else if (!inRow && lastCaret.lineId !== null && /^(.|Shift\+.|Arrow\w+|Backspace|Enter)$/.test(shortcut ?? '')) {
    // Typing on brings the line back that was scrolled away.
    putCaret(lastCaret.lineId, { from: lastCaret.from, to: lastCaret.to });
    return;
  } else if (shortcut === 'Escape' && active !== null) putCaret(active, 'end');
  else return;
  event.preventDefault();
}

/** The active line, a line that is asked for and the line that plays are kept in view. */
function useShownLines(show: (lineId: string) => void): void {
  useEffect(() => {
    const ends = [
      uiStore.subscribe((state, before) => {
        const id = activeLineId(state);
        if (id !== null && id !== activeLineId(before)) show(id);
      }),
      caretStore.subscribe(({ request }) => {
        if (request !== null) show(request.lineId);
      }),
      playingLineStore.subscribe(({ lineId }) => {
        if (lineId !== null && !(document.activeElement instanceof HTMLTextAreaElement)) show(lineId);
      }),
    ];
    return () => {
      for (const end of ends) end();
    };
  }, [show]);
}

/** When the line with the caret goes (undo), the one in its place has it. */
function useCaretNeverLost(ids: readonly string[]): void {
  const before = useRef(ids);
  useEffect(() => {
    const old = before.current;
    before.current = ids;
    const { lineId } = lastCaret;
    if (old === ids || lineId === null || document.activeElement !== document.body || ids.includes(lineId)) return;
    const next = ids[Math.max(0, Math.min(old.indexOf(lineId) - 1, ids.length - 1))];
    if (old.includes(lineId) && next !== undefined) putCaret(next, 'end');
  }, [ids]);
}

function Toolbar(): ReactElement {
  const { t } = useLanguage();
  const add = useAction('script.addLine');
  const cue = useAction('script.insertCue');
  const find = useAction('edit.find');
  const bring = useAction('script.import');
  const findOpen = useStore(findStore, ({ open }) => open);
  const count = useDocument(({ script }) => script.lines.length);
  return (
    <div className={styles.toolbar} role="toolbar" aria-label={t('shell.script')}>
      <h2 className={styles.title}>{t('shell.script')}</h2>
      <IconButton icon={Plus} label={add.label} shortcut={add.shortcut} disabled={add.disabled} onClick={add.run} />
      <IconButton
        icon={Brackets}
        label={cue.label}
        shortcut={cue.shortcut}
        disabled={cue.disabled}
        // The caret stays where the cue is to go.
        onPointerDown={(event) => event.preventDefault()}
        onClick={cue.run}
      />
      <IconButton
        icon={Search}
        label={find.label}
        shortcut={find.shortcut}
        disabled={find.disabled}
        pressed={findOpen}
        onClick={find.run}
      />
      <IconButton icon={FileInput} label={bring.label} disabled={bring.disabled} onClick={bring.run} />
      <Menu
        trigger={<IconButton icon={FileOutput} label={t('script.exportFile')} disabled={count === 0} />}
        entries={exportActions.map(({ id, label, icon }) => ({
          ...{ label: t.any(label), icon },
          onSelect: () => runAction(id),
        }))}
      />
      <WritingMenu />
      <ListeningOptions />
      <span className={styles.spring} />
      <Faulty />
      <Total />
    </div>
  );
}

/** What a language model can do for the chosen lines. */
function WritingMenu(): ReactElement {
  const { t } = useLanguage();
  return (
    <Menu
      trigger={<IconButton icon={Sparkles} label={t('writing.title')} />}
      entries={() => writingActions.map((action) => toMenuItem(viewAction(action)))}
    />
  );
}

/** How many lines have errors; leads from one to the next. */
function Faulty(): ReactElement | null {
  const { t } = useLanguage();
  const faulty = useStore(durationStore, (state) => state.faulty);
  if (faulty.length === 0) return null;
  const next = (): void => {
    const at = faulty.indexOf(activeLineId(uiStore.getState()) ?? '');
    putCaret(faulty[(at + 1) % faulty.length]!, 'end');
  };
  return (
    <button type="button" className={styles.faulty} onClick={next} title={t('script.nextFault')}>
      <TriangleAlert aria-hidden />
      {t('script.faultyLines', { count: faulty.length })}
    </button>
  );
}

function Total(): ReactElement {
  const { t, format } = useLanguage();
  const count = useDocument(({ script }) => script.lines.length);
  const chosen = useStore(uiStore, ({ selection }) => (selection.kind === 'lines' ? selection.ids.length : 0));
  const totalMs = useStore(durationStore, (state) => state.totalMs);
  const exact = useStore(durationStore, (state) => state.exact);
  return (
    <p className={styles.total} role="status">
      {chosen > 1 && <span className={styles.chosenCount}>{t('script.chosen', { count: chosen })}</span>}
      <span>{t('script.lines', { count })}</span>
      {totalMs !== null && count > 0 && (
        <span
          className={cx(exact && styles.exact)}
          title={exact ? t('script.lengthExact') : t('script.lengthEstimate')}
        >
          {exact ? format.clock(totalMs) : t('script.about', { time: format.clock(totalMs) })}
        </span>
      )}
    </p>
  );
}

function Empty(): ReactElement {
  const { t } = useLanguage();
  const bring = useAction('script.import');
  return (
    <EmptyState icon={MessageSquarePlus} title={t('script.emptyTitle')} text={t('script.emptyText')}>
      <Button tone="primary" icon={Plus} onClick={() => insertLine(null)}>
        {t('script.firstLine')}
      </Button>
      <Button icon={FileInput} onClick={bring.run}>
        {t('script.importFile')}
      </Button>
    </EmptyState>
  );
}

function FaultTip(): ReactElement | null {
  const tip = useStore(faultTipStore, (state) => state.tip);
  const width = useMemo(() => Math.min(420, window.innerWidth - 16), []);
  if (tip === null) return null;
  const { left, top } = tip.at;
  return (
    <div
      role="tooltip"
      className={cx(popups.tooltip, styles.faultTip)}
      style={{
        left: Math.min(left, window.innerWidth - width - 8),
        bottom: window.innerHeight - top + 6,
        maxWidth: width,
      }}
    >
      <span>{tip.message}</span>
      <span className={popups.note}>{tip.hint}</span>
    </div>
  );
}
