import { ArrowDown, ArrowUp, CaseSensitive, Regex, Replace, ReplaceAll, X } from 'lucide-react';
import { type KeyboardEvent, type ReactElement, useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { errorText } from '../../bridge/errors.ts';
import { useLanguage } from '../../state/language.ts';
import { showToast } from '../../state/toasts.ts';
import fields from '../../ui/fields.module.css';
import { cx, IconButton } from '../../ui/index.ts';
import { findStore, leaveFind, replaceAll, replacePresent, setQuery, stepMatch } from './find-store.ts';
import styles from './script.module.css';

/** Find and replace, over the lines. */
export function FindBar({ show }: { show: (lineId: string) => void }): ReactElement {
  const { t, locale } = useLanguage();
  const { query, replacement, matches, at, error } = useStore(findStore);
  const field = useRef<HTMLInputElement>(null);
  const showing = { show };
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  const doReplaceAll = (): void => {
    const count = replaceAll();
    showToast({ tone: count > 0 ? 'success' : 'info', message: t('script.replaced', { count }) });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Escape') leaveFind();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onFindKey = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing || event.key !== 'Enter') return;
    event.preventDefault();
    stepMatch(event.shiftKey ? -1 : 1, showing);
  };
  const onReplaceKey = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing || event.key !== 'Enter') return;
    event.preventDefault();
    if (event.ctrlKey || event.metaKey) doReplaceAll();
    else replacePresent(showing);
  };
  const wrong = error === null ? null : errorText(error, locale, t);
  const count =
    wrong?.message ??
    (query.find === ''
      ? ''
      : matches.length === 0
        ? t('script.noMatch')
        : at < 0
          ? t('script.matches', { count: matches.length })
          : t('script.matchOf', { at: at + 1, count: matches.length }));
  return (
    <search className={styles.find} aria-label={t('script.find')} onKeyDown={onKeyDown}>
      <input
        ref={field}
        type="text"
        className={cx(fields.input, styles.findField)}
        aria-label={t('script.find')}
        placeholder={t('script.find')}
        aria-invalid={wrong !== null || undefined}
        spellCheck={false}
        value={query.find}
        onChange={(event) => setQuery({ find: event.currentTarget.value })}
        onKeyDown={onFindKey}
      />
      <IconButton
        icon={CaseSensitive}
        label={t('script.caseSensitive')}
        pressed={query.caseSensitive}
        onClick={() => setQuery({ caseSensitive: !query.caseSensitive })}
      />
      <IconButton
        icon={Regex}
        label={t('script.regex')}
        pressed={query.regex}
        onClick={() => setQuery({ regex: !query.regex })}
      />
      <IconButton
        icon={ArrowUp}
        label={t('script.previous')}
        shortcut="Shift+Enter"
        disabled={matches.length === 0}
        onClick={() => stepMatch(-1, showing)}
      />
      <IconButton
        icon={ArrowDown}
        label={t('script.next')}
        shortcut="Enter"
        disabled={matches.length === 0}
        onClick={() => stepMatch(1, showing)}
      />
      <output className={cx(styles.count, wrong !== null && styles.wrong)} title={wrong?.hint}>
        {count}
      </output>
      <input
        type="text"
        className={cx(fields.input, styles.findField)}
        aria-label={t('script.replaceWith')}
        placeholder={t('script.replaceWith')}
        spellCheck={false}
        value={replacement}
        onChange={(event) => findStore.setState({ replacement: event.currentTarget.value })}
        onKeyDown={onReplaceKey}
      />
      <IconButton
        icon={Replace}
        label={t('script.replace')}
        disabled={matches.length === 0}
        onClick={() => replacePresent(showing)}
      />
      <IconButton
        icon={ReplaceAll}
        label={t('script.replaceAll')}
        shortcut="Mod+Enter"
        disabled={matches.length === 0}
        onClick={doReplaceAll}
      />
      <span className={styles.spring} />
      <IconButton icon={X} label={t('ui.close')} shortcut="Escape" onClick={leaveFind} />
    </search>
  );
}
