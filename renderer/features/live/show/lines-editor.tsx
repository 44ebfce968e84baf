import { ArrowDown, ArrowUp, Braces, ListPlus, PanelBottomOpen, Trash2 } from 'lucide-react';
import { type KeyboardEvent, type ReactElement, useLayoutEffect, useRef, useState } from 'react';
import type { ScriptLine } from '../../../../app/document/script.ts';
import { describeError } from '../../../../app/errors/index.ts';
import { parseLine } from '../../../../app/speech/script/parse.ts';
import { useLanguage, useT } from '../../../state/language.ts';
import { useDocument } from '../../../state/project.ts';
import { Button, IconButton, Menu, Select } from '../../../ui/index.ts';
import { useEmotionOptions } from '../desk/choices.ts';
import styles from '../live.module.css';
import { changeSegment } from '../live-edits.ts';

const freshLine = (): ScriptLine => ({
  id: crypto.randomUUID(),
  text: '',
  emotion: 'neutral',
  intensity: 1,
  voiceId: null,
  pauseAfterMs: 300,
});

/** The lines that a segment says itself. */
export function LinesEditor({ segmentId, lines }: { segmentId: string; lines: readonly ScriptLine[] }): ReactElement {
  const t = useT();
  const change = (recipe: (lines: ScriptLine[]) => void): void =>
    changeSegment(segmentId, (own) => {
      if (own.kind === 'script' && own.lines !== null) recipe(own.lines as ScriptLine[]);
    });
  const addAfter = (at: number): void => {
    const line = freshLine();
    change((all) => void all.splice(at + 1, 0, line));
    requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-live-line="${line.id}"]`)?.focus());
  };
  const move = (at: number, by: 1 | -1): void =>
    change((all) => {
      const [line] = all.splice(at, 1);
      if (line !== undefined) all.splice(at + by, 0, line);
    });
  return (
    <>
      <ol className={styles.lines} aria-label={t('live.linesList')}>
        {lines.map((line, at) => (
          <Line
            key={line.id}
            {...{ line, number: at + 1, first: at === 0, last: at === lines.length - 1 }}
            onChange={(next) =>
              change((all) => {
                const own = all.find(({ id }) => id === line.id);
                if (own !== undefined) Object.assign(own, next);
              })
            }
            onAdd={() => addAfter(at)}
            onMove={(by) => move(at, by)}
            onRemove={() => change((all) => void all.splice(at, 1))}
          />
        ))}
      </ol>
      <Button icon={ListPlus} onClick={() => addAfter(lines.length - 1)}>
        {t('live.addLine')}
      </Button>
      <p className={styles.note}>{t('live.linesHint', { sample: '{a|b|c}' })}</p>
    </>
  );
}

interface LineProps {
  line: ScriptLine;
  number: number;
  first: boolean;
  last: boolean;
  onChange: (change: Partial<ScriptLine>) => void;
  onAdd: () => void;
  onMove: (by: 1 | -1) => void;
  onRemove: () => void;
}

function Line({ line, number, first, last, onChange, onAdd, onMove, onRemove }: LineProps): ReactElement {
  const { t, locale } = useLanguage();
  const emotions = useEmotionOptions();
  const names = useDocument((document) => document.emotions);
  const overlays = useDocument(({ live }) => live.overlays);
  const [draft, setDraft] = useState<string | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const text = draft ?? line.text;
  // Known as soon as the field is left; what is half typed is no fault yet.
  const parsed =
    draft === null && text.trim() !== ''
      ? parseLine(
          text,
          number,
          names.map(({ name }) => name),
        )
      : null;
  const fault = parsed !== null && !parsed.ok ? parsed.errors[0] : undefined;

  // biome-ignore lint/correctness/useExhaustiveDependencies: its height follows its text.
  useLayoutEffect(() => {
    const own = field.current!;
    own.style.height = 'auto';
    own.style.height = `${own.scrollHeight + 2}px`;
  }, [text]);
  const commit = (): void => {
    if (draft !== null && draft !== line.text) onChange({ text: draft });
    setDraft(null);
  };
  const put = (before: string, chosen: string, after: string): void => {
    const { selectionStart: from, selectionEnd: to } = field.current!;
    const inner = text.slice(from, to) || chosen;
    onChange({ text: text.slice(0, from) + before + inner + after + text.slice(to) });
    setDraft(null);
    requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.setSelectionRange(from + before.length, from + before.length + inner.length);
    });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      commit();
      onAdd();
    } else if (event.altKey && event.key === 'ArrowUp' && !first) onMove(-1);
    else if (event.altKey && event.key === 'ArrowDown' && !last) onMove(1);
    else return;
    event.preventDefault();
  };
  return (
    <li className={styles.line}>
      <div className={styles.lineTools}>
        <span className={styles.lineNumber}>{number}</span>
        <Select
          bare
          label={t('live.lineEmotion', { number })}
          value={line.emotion}
          onChange={(emotion) => onChange({ emotion })}
          options={emotions}
        />
        <IconButton
          small
          icon={Braces}
          label={t('live.addVariation')}
          onClick={() => put('{', t('live.variationSample'), '}')}
        />
        <Menu
          align="end"
          entries={
            overlays.length === 0
              ? [{ label: t('live.noOverlaysYet'), onSelect: () => {}, disabled: true }]
              : overlays.flatMap(({ id, name }) => [
                  { label: t('live.markerShow', { name: name || id }), onSelect: () => put(`[#show ${id}]`, '', '') },
                  { label: t('live.markerHide', { name: name || id }), onSelect: () => put(`[#hide ${id}]`, '', '') },
                ])
          }
          trigger={<IconButton small icon={PanelBottomOpen} label={t('live.addMarker')} />}
        />
        <span className={styles.spring} />
        <IconButton
          small
          icon={ArrowUp}
          label={t('live.lineUp', { number })}
          shortcut="Alt+ArrowUp"
          disabled={first}
          onClick={() => onMove(-1)}
        />
        <IconButton
          small
          icon={ArrowDown}
          label={t('live.lineDown', { number })}
          shortcut="Alt+ArrowDown"
          disabled={last}
          onClick={() => onMove(1)}
        />
        <IconButton small icon={Trash2} label={t('live.lineRemove', { number })} onClick={onRemove} />
      </div>
      <textarea
        ref={field}
        rows={2}
        className={styles.lineText}
        data-live-line={line.id}
        aria-label={t('live.lineText', { number })}
        aria-invalid={fault !== undefined || undefined}
        placeholder={t('live.linePlaceholder')}
        value={text}
        onChange={(event) => setDraft(event.currentTarget.value)}
        onBlur={commit}
        onKeyDown={onKeyDown}
      />
      {fault !== undefined && (
        <p className={styles.lineFault} role="alert">
          {describeError(fault, locale).message} {describeError(fault, locale).hint}
        </p>
      )}
    </li>
  );
}
