/**
 * The text of one line: a plain text area with its coloured copy behind it. The text area brings what only a browser's own control
 * does right everywhere (input methods, selection, dictation, screen readers), one costs next to nothing, and only the line that is
 * typed in is drawn again; an editor component would bring a second document, and a hundred kilobytes.
 */
import {
  type ClipboardEvent,
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
  type ReactElement,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useStore } from 'zustand';
import { describeError } from '../../../app/errors/index.ts';
import { useLanguage } from '../../state/language.ts';
import { sealEdit } from '../../state/project.ts';
import { selectLine, uiStore } from '../../state/ui-store.ts';
import { fuzzyScore } from '../../ui/fuzzy.ts';
import { cx } from '../../ui/index.ts';
import { type CaretRequest, caretIsPut, caretStore, lastCaret, putCaret } from './caret.ts';
import { type CueItem, cueItems, openBracket, putCue, typedCue } from './cue-items.ts';
import { CueMenu } from './cue-menu.tsx';
import { cueRequests } from './cue-requests.ts';
import type { EmotionLooks } from './emotion-look.ts';
import { showFault } from './fault-tip.ts';
import { findStore } from './find-store.ts';
import {
  changeText,
  deleteLines,
  insertLine,
  mergeIntoPrevious,
  pasteLines,
  selectedIds,
  setText,
  splitAt,
} from './line-edits.ts';
import { analyseLine, type FoundPlace, type Piece, piecesOf } from './line-tokens.ts';
import { linesNow } from './lines-index.ts';
import { extendSelection } from './multi-select.ts';
import styles from './script.module.css';
import { caretRect, inRow, offsetAt } from './text-places.ts';

const NO_PLACES: readonly FoundPlace[] = [];
const oneLine = (text: string): string => text.replace(/\r\n?|[\n\u2028\u2029]/g, ' ');

/** The open menu of cues: what it replaces begins at `from`. */
interface OpenMenu {
  from: number;
  /** Behind a bracket that is typed; otherwise asked for by the button. */
  bracket: boolean;
  typed: string;
  active: number;
}

interface LineTextProps {
  id: string;
  number: number;
  text: string;
  looks: EmotionLooks;
  active: boolean;
}

export function LineText({ id, number, text, looks, active }: LineTextProps): ReactElement {
  const { t, locale } = useLanguage();
  const field = useRef<HTMLTextAreaElement>(null);
  const copy = useRef<HTMLDivElement>(null);
  const ids = useId();
  /** What an input method is still writing; the document has it when it is done. */
  const [composing, setComposing] = useState<string | null>(null);
  const [menu, setMenu] = useState<OpenMenu | null>(null);
  const [menuAt, setMenuAt] = useState<DOMRect | null>(null);
  const shown = composing ?? text;
  const analysis = useMemo(() => analyseLine(shown, number, looks.ownNames), [shown, number, looks.ownNames]);
  const found = useStore(findStore, ({ byLine }) => byLine.get(id) ?? NO_PLACES);
  const pieces = useMemo(() => piecesOf(shown, analysis, found), [shown, analysis, found]);
  const messages = useMemo(() => analysis.faults.map((fault) => describeError(fault, locale)), [analysis, locale]);
  // A cue that is just being chosen is not yet wrong.
  const faulty = messages.length > 0 && menu === null;

  useKeptCaret(field, text, composing !== null);
  // After it: where the caret is asked to be counts for more.
  useCaretRequests(id, field, copy);

  const items = useMemo(
    () => (menu === null ? [] : matchingCues(menu.typed, looks, t('script.newMarker'), t.any)),
    [menu, looks, t],
  );
  const menuOpen = menu !== null && items.length > 0 && menuAt !== null;

  const openMenu = (next: OpenMenu | null): void => {
    setMenu(next);
    setMenuAt(next === null || copy.current === null ? null : caretRect(copy.current, next.from));
  };
  useEffect(() => {
    return cueRequests.listen(id, () => {
      const area = field.current;
      if (area === null) return;
      area.focus();
      openMenu({ from: area.selectionStart, bracket: false, typed: '', active: 0 });
    });
  });

  const choose = (item: CueItem): void => {
    const area = field.current;
    if (area === null || menu === null) return;
    const to = menu.bracket ? area.selectionEnd : Math.max(menu.from, area.selectionEnd);
    const edited = putCue(area.value, menu.from, to, item);
    openMenu(null);
    sealEdit();
    changeText('script.stepCue', id, edited.text);
    putCaret(id, { from: edited.selectionStart, to: edited.selectionEnd });
  };

  const onInput = (value: string): void => {
    const clean = oneLine(value);
    if (composing !== null) {
      setComposing(value);
      return;
    }
    // Whoever types goes on in this line alone.
    if (hasSeveral()) selectLine(id);
    setText(id, clean);
    const area = field.current!;
    const bracket = area.selectionStart === area.selectionEnd ? openBracket(clean, area.selectionStart) : null;
    if (bracket === null) {
      openMenu(null);
      return;
    }
    // It comes with the bracket, and stays until it is closed.
    const opens = area.value[area.selectionStart - 1] === '[';
    if (opens || (menu?.bracket && menu.from === bracket.from)) {
      openMenu({ from: bracket.from, bracket: true, typed: bracket.typed, active: 0 });
    }
  };

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    const handled = (menuOpen && menuKey(event)) || lineKey(event);
    if (handled) event.preventDefault();
  };

  function menuKey({ key, nativeEvent }: KeyboardEvent): boolean {
    if (menu === null) return false;
    if (key === 'ArrowDown' || key === 'ArrowUp') {
      const step = key === 'ArrowDown' ? 1 : -1;
      setMenu({ ...menu, active: (menu.active + step + items.length) % items.length });
    } else if (key === 'Enter' || key === 'Tab') {
      const item = items[menu.active];
      if (item === undefined) return false;
      choose(item);
    } else if (key === 'Escape') {
      openMenu(null);
      nativeEvent.stopImmediatePropagation();
    } else return false;
    return true;
  }

  function lineKey(event: KeyboardEvent<HTMLTextAreaElement>): boolean {
    const { key, shiftKey, altKey } = event;
    const area = event.currentTarget;
    const { selectionStart: from, selectionEnd: to, value } = area;
    if (event.ctrlKey || event.metaKey || altKey) return false;
    const chosen = selectedIds();
    const several = chosen.length > 1;
    const root = copy.current!;
    switch (key) {
      case 'Enter':
        if (shiftKey) insertLine(id);
        else splitAt(id, from, to);
        return true;
      case 'Escape':
        if (!several) return false;
        selectLine(id);
        return true;
      case 'Backspace':
        if (several) return removeAll(chosen);
        return from === 0 && to === 0 && mergeIntoPrevious(id);
      case 'Delete': {
        if (several) return removeAll(chosen);
        const next = neighbour(id, 1);
        return from === value.length && next !== null && mergeIntoPrevious(next);
      }
      case 'ArrowUp':
      case 'ArrowDown': {
        const by = key === 'ArrowUp' ? -1 : 1;
        const edge = by < 0 ? 'first' : 'last';
        if (shiftKey) {
          const atEnd = by < 0 ? from === 0 : to === value.length;
          return (several || atEnd) && extendSelection(by);
        }
        const next = neighbour(id, by);
        const caret = by < 0 ? from : to;
        if (next === null || !inRow(root, caret, value.length, edge)) return false;
        putCaret(next, { x: caretRect(root, caret).left, row: by < 0 ? 'last' : 'first' });
        return true;
      }
      case 'ArrowLeft':
      case 'ArrowRight': {
        const by = key === 'ArrowLeft' ? -1 : 1;
        const next = neighbour(id, by);
        if (shiftKey || from !== to || next === null || from !== (by < 0 ? 0 : value.length)) return false;
        putCaret(next, by < 0 ? 'end' : 0);
        return true;
      }
      default:
        return false;
    }
  }

  const onPaste = (event: ClipboardEvent<HTMLTextAreaElement>): void => {
    const pasted = event.clipboardData.getData('text/plain');
    if (!/[\r\n\u2028\u2029]/.test(pasted)) return;
    event.preventDefault();
    const texts = pasted.split(/\r\n?|[\n\u2028\u2029]/).filter((line) => line.trim() !== '');
    const { selectionStart: from, selectionEnd: to } = event.currentTarget;
    if (texts.length > 0) pasteLines(id, from, to, texts);
  };

  /** The place of the underline under the pointer, for its message. */
  const onPointerMove = ({ clientX, clientY }: PointerEvent): void => {
    const marks = [...copy.current!.querySelectorAll<HTMLElement>('[data-fault]')];
    const mark = marks.find((each) =>
      [...each.getClientRects()].some(
        ({ left, right, top, bottom }) => clientX >= left && clientX <= right && clientY >= top && clientY <= bottom,
      ),
    );
    showFault(
      mark === undefined ? null : { at: mark.getBoundingClientRect(), ...messages[Number(mark.dataset.fault)]! },
    );
  };

  const label = t('script.lineText', { number });
  return (
    <div className={styles.text}>
      <div ref={copy} className={styles.copy} aria-hidden>
        {pieces.map((piece) => (
          <CopyPiece key={piece.from} piece={piece} looks={looks} />
        ))}
        {/* A last row that is empty has a height too. */}
        {'\u200b'}
      </div>
      <textarea
        ref={field}
        rows={1}
        className={styles.area}
        value={shown}
        data-document-field
        data-line={id}
        spellCheck={false}
        autoComplete="off"
        aria-label={label}
        placeholder={number === 1 && text === '' ? t('script.placeholder') : undefined}
        aria-invalid={faulty || undefined}
        aria-describedby={faulty ? `${ids}-faults` : undefined}
        aria-haspopup="listbox"
        aria-autocomplete="list"
        aria-controls={menuOpen ? `${ids}-cues` : undefined}
        aria-activedescendant={menuOpen ? `${ids}-cues-${menu.active}` : undefined}
        onChange={(event) => onInput(event.currentTarget.value)}
        onCompositionStart={(event) => setComposing(event.currentTarget.value)}
        onCompositionEnd={(event) => {
          setComposing(null);
          setText(id, oneLine(event.currentTarget.value));
        }}
        onKeyDown={onKeyDown}
        onPaste={onPaste}
        onSelect={(event) => {
          const { selectionStart, selectionEnd } = event.currentTarget;
          lastCaret.from = selectionStart;
          lastCaret.to = selectionEnd;
          if (menu !== null && (selectionEnd < menu.from || (!menu.bracket && selectionStart !== menu.from)))
            openMenu(null);
        }}
        onFocus={() => {
          lastCaret.lineId = id;
          const { selection } = uiStore.getState();
          if (selection.kind !== 'lines' || selection.ids.at(-1) !== id) selectLine(id);
        }}
        onBlur={(event) => {
          openMenu(null);
          sealEdit();
          lastCaret.from = event.currentTarget.selectionStart;
          lastCaret.to = event.currentTarget.selectionEnd;
        }}
        {...(faulty && { onPointerMove, onPointerLeave: () => showFault(null) })}
      />
      {faulty && (
        <ul id={`${ids}-faults`} className={cx(styles.faults, !active && 'visually-hidden')}>
          {messages.map(({ message, hint }, index) => (
            <li key={`${index.toString()}-${message}`}>
              {message} <span>{hint}</span>
            </li>
          ))}
        </ul>
      )}
      {menuOpen && (
        <CueMenu
          id={`${ids}-cues`}
          items={items}
          active={menu.active}
          looks={looks}
          at={menuAt}
          onChoose={choose}
          onPoint={(index) => setMenu({ ...menu, active: index })}
        />
      )}
    </div>
  );
}

const CLASSES = {
  emotion: styles.cueEmotion,
  pause: styles.cuePause,
  marker: styles.cueMarker,
  say: styles.cueSay,
  pronunciation: styles.cueSay,
  slot: styles.cueSay,
  prosody: styles.cueProsody,
  emphasis: styles.cueEmphasis,
} as const;

function CopyPiece({ piece, looks }: { piece: Piece; looks: EmotionLooks }): ReactElement {
  const { text, token, stressed, fault, found } = piece;
  if (token === null && !stressed && fault === null && found === 'no') return <>{text}</>;
  return (
    <span
      className={cx(
        token !== null && styles.cue,
        token !== null && CLASSES[token.kind],
        token === null && stressed && styles.stressed,
        fault !== null && styles.fault,
        found !== 'no' && styles.found,
        found === 'now' && styles.foundNow,
      )}
      {...(fault !== null && { 'data-fault': fault })}
      {...(token?.emotion !== undefined && { style: { '--cue': looks.colour(token.emotion) } as CSSProperties })}
    >
      {text}
    </span>
  );
}

/** More than one line is chosen. */
function hasSeveral(): boolean {
  const { selection } = uiStore.getState();
  return selection.kind === 'lines' && selection.ids.length > 1;
}

function removeAll(ids: readonly string[]): true {
  deleteLines(ids);
  return true;
}

function neighbour(id: string, by: 1 | -1): string | null {
  const lines = linesNow();
  const index = lines.findIndex((line) => line.id === id);
  return lines[index + by]?.id ?? null;
}

/** Cues that fit what is typed after the bracket, the best first. */
function matchingCues(
  typed: string,
  looks: EmotionLooks,
  markerName: string,
  words: ReturnType<typeof useLanguage>['t']['any'],
): CueItem[] {
  const all = cueItems(looks.ownNames, markerName);
  const query = typed.trim();
  if (query === '') return all;
  const exact = typedCue(query, looks.ownNames);
  const fitting = all
    .map((item) => {
      const name = 'name' in item.label ? looks.label(item.label.name) : words(item.label.key, item.label.params);
      const starts = item.open.slice(1).toLowerCase().startsWith(query.toLowerCase()) ? 10 : 0;
      return { item, score: starts + fuzzyScore(query, `${name} ${item.open}`) };
    })
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ item }) => item);
  if (exact === null) return fitting;
  return [exact, ...fitting.filter(({ open }) => open !== exact.open)];
}

/** Takes the caret when it is asked for in this line. */
function useCaretRequests(
  id: string,
  field: React.RefObject<HTMLTextAreaElement | null>,
  copy: React.RefObject<HTMLDivElement | null>,
): void {
  const request = useStore(caretStore, ({ request }) => (request?.lineId === id ? request : null));
  useLayoutEffect(() => {
    const area = field.current;
    if (request === null || area === null) return;
    const { from, to } = placeOf(request.at, area, copy.current!);
    area.focus({ preventScroll: true });
    area.setSelectionRange(from, to);
    caretIsPut();
  }, [request, field, copy]);
}

function placeOf(at: CaretRequest['at'], area: HTMLTextAreaElement, copy: HTMLElement): { from: number; to: number } {
  if (at === 'end') return { from: area.value.length, to: area.value.length };
  if ('from' in at) return at;
  const offset = offsetAt(copy, area.value.length, at.x, at.row);
  return { from: offset, to: offset };
}

/** When the text is changed by anything but this field (undo, a drag on the timeline), the caret goes to the change, not to the end. */
function useKeptCaret(field: React.RefObject<HTMLTextAreaElement | null>, text: string, composing: boolean): void {
  const before = useRef(text);
  const typed = useRef(text);
  useLayoutEffect(() => {
    const area = field.current;
    if (area === null) return;
    const onInput = (): void => {
      typed.current = oneLine(area.value);
    };
    area.addEventListener('input', onInput, { capture: true });
    return () => area.removeEventListener('input', onInput, { capture: true });
  }, [field]);
  useLayoutEffect(() => {
    const [old, area] = [before.current, field.current];
    before.current = text;
    if (area === null || composing || old === text || text === typed.current) return;
    typed.current = text;
    if (document.activeElement !== area) return;
    let same = 0;
    const most = Math.min(old.length, text.length);
    while (same < most && old[old.length - 1 - same] === text[text.length - 1 - same]) same++;
    const caret = text.length - same;
    area.setSelectionRange(caret, caret);
  }, [text, composing, field]);
}
