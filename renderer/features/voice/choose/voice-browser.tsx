/** Every voice of every provider: searched, filtered, heard, liked, chosen. */
import { Check, Cloud, History, Maximize2, SearchX, Star } from 'lucide-react';
import { type KeyboardEvent, memo, type ReactElement, useDeferredValue, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { VoiceDescription } from '../../../../app/contract/voices.ts';
import { rpc } from '../../../bridge/index.ts';
import { useLocale, useT } from '../../../state/language.ts';
import { openDocument, useDocument } from '../../../state/project.ts';
import {
  Button,
  Combobox,
  cx,
  EmptyState,
  ErrorBox,
  IconButton,
  SearchField,
  Select,
  Spinner,
  VirtualList,
  type VirtualListHandle,
} from '../../../ui/index.ts';
import { HearButton } from '../hear-button.tsx';
import { like, useLikedVoices } from '../liked.ts';
import styles from '../voice.module.css';
import { askForVoices, useVoiceList } from '../voice-list.ts';
import { chooseVoice, type VoiceSlot, voiceView } from '../voice-store.ts';
import { useVoiceWords } from '../voice-words.ts';
import { filterVoices, languagesOf, NO_FILTER, orderVoices, type VoiceFilter } from './voice-filter.ts';

const ROW_PX = 40;

export function VoiceBrowser({ onLarger }: { onLarger?: () => void }): ReactElement {
  const t = useT();
  const locale = useLocale();
  const words = useVoiceWords();
  const { voices, error } = useVoiceList();
  const { liked, recent } = useLikedVoices();
  const slot = useStore(voiceView, (state) => state.slot);
  const lang = slot === 'main' ? (locale === 'zh-CN' ? 'zh' : 'en') : slot;
  const chosenId = useDocument(({ voice }) => (slot === 'main' ? voice.voiceId : (voice.byLanguage[slot] ?? null)));
  const [filter, setFilter] = useState<VoiceFilter>(NO_FILTER);
  const change = (next: Partial<VoiceFilter>): void => setFilter((before) => ({ ...before, ...next }));
  const searched = useDeferredValue(filter);
  const list = useRef<VirtualListHandle>(null);

  const ordered = useMemo(
    () =>
      orderVoices(voices ?? [], lang, locale, words).map((voice) => ({
        ...{ voice, title: words.title(voice), note: words.note(voice) },
        text: [
          words.title(voice),
          voice.name,
          voice.id,
          ...voice.languages.map((tag) => words.language(tag)),
          ...voice.languages,
        ].join(' '),
      })),
    [voices, lang, locale, words],
  );
  const found = useMemo(() => filterVoices(ordered, searched, { liked, recent }), [ordered, searched, liked, recent]);
  const languages = useMemo(
    () => [
      { value: '', label: t('voice.anyLanguage') },
      ...languagesOf(voices ?? [])
        .map(({ language, count }) => ({ value: language, label: words.language(language), note: `${count}` }))
        .sort((a, b) => a.label.localeCompare(b.label, locale)),
    ],
    [voices, words, locale, t],
  );

  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    const row = (event.target as HTMLElement).closest<HTMLElement>('[data-index]');
    if (step === undefined || row === null) return;
    event.preventDefault();
    const to = Math.min(found.length - 1, Math.max(0, Number(row.dataset.index) + step));
    list.current?.scrollToIndex(to);
    requestAnimationFrame(() =>
      list.current?.element?.querySelector<HTMLElement>(`[data-index="${to}"] [data-choose]`)?.focus(),
    );
  };

  if (error !== null && voices === null) return <ErrorBox error={error} onRetry={() => void askForVoices()} />;
  if (voices === null) {
    return (
      <p className={styles.waiting}>
        <Spinner label={t('voice.asking')} />
      </p>
    );
  }
  return (
    <div className={styles.browser}>
      <div className={styles.searchRow}>
        <SearchField label={t('voice.search')} value={filter.query} onChange={(query) => change({ query })} />
        <IconButton
          icon={Star}
          label={t('voice.onlyLiked')}
          pressed={filter.only === 'liked'}
          onClick={() => change({ only: filter.only === 'liked' ? null : 'liked' })}
        />
        <IconButton
          icon={History}
          label={t('voice.onlyRecent')}
          pressed={filter.only === 'recent'}
          onClick={() => change({ only: filter.only === 'recent' ? null : 'recent' })}
        />
      </div>
      <div className={styles.filters}>
        <Combobox
          label={t('voice.language')}
          bare
          value={filter.language}
          options={languages}
          searchLabel={t('voice.searchLanguage')}
          emptyText={t('ui.nothingFound')}
          onChange={(language) => change({ language })}
        />
        <Select
          label={t('voice.gender')}
          bare
          value={filter.gender}
          options={[
            { value: 'any', label: t('voice.anyGender') },
            { value: 'female', label: t('voice.female') },
            { value: 'male', label: t('voice.male') },
            { value: 'neutral', label: t('voice.neutral') },
          ]}
          onChange={(gender) => change({ gender })}
        />
        <Select
          label={t('voice.runs')}
          bare
          value={filter.runs}
          options={[
            { value: 'any', label: t('voice.anywhere') },
            { value: 'local', label: t('voice.local') },
            { value: 'cloud', label: t('voice.cloud') },
          ]}
          onChange={(runs) => change({ runs })}
        />
      </div>
      <div className={styles.count}>
        <p role="status">{t('voice.count', { count: found.length })}</p>
        {onLarger !== undefined && <IconButton icon={Maximize2} label={t('voice.larger')} small onClick={onLarger} />}
      </div>
      <div className={styles.list}>
        {found.length === 0 ? (
          <EmptyState
            icon={SearchX}
            title={t(
              filter.only === 'liked' && liked.size === 0
                ? 'voice.noneLiked'
                : filter.only === 'recent' && recent.length === 0
                  ? 'voice.noneRecent'
                  : 'voice.noneFound',
            )}
            text={t('voice.noneText')}
          >
            <Button onClick={() => setFilter(NO_FILTER)}>{t('voice.showAll')}</Button>
          </EmptyState>
        ) : (
          <VirtualList
            count={found.length}
            keyAt={(index) => found[index]?.voice.id ?? `${index}`}
            estimatedHeight={ROW_PX}
            handle={list}
            role="list"
            aria-label={t('voice.all')}
            onKeyDown={onKeyDown}
          >
            {(index) => {
              const { voice, title, note } = found[index]!;
              return (
                <VoiceRow
                  {...{ voice, title, note, slot }}
                  chosen={voice.id === chosenId}
                  liked={liked.has(voice.id)}
                />
              );
            }}
          </VirtualList>
        )}
      </div>
    </div>
  );
}

interface VoiceRowProps {
  voice: VoiceDescription;
  title: string;
  note: string;
  slot: VoiceSlot;
  chosen: boolean;
  liked: boolean;
}

const VoiceRow = memo(function VoiceRow({ voice, title, note, slot, chosen, liked }: VoiceRowProps): ReactElement {
  const t = useT();
  const { id, runs } = voice;
  return (
    // biome-ignore lint/a11y/useSemanticElements: rows of a virtual list stand in divs.
    <div role="listitem" className={cx(styles.row, chosen && styles.rowChosen)}>
      <HearButton
        name={`voice ${id}`}
        label={t('voice.hear', { name: title })}
        small
        ask={(signal) => {
          const { rate, pitch, volume } = openDocument()!.voice;
          return rpc.voices.sample({ voiceId: id, rate, pitch, volume }, { signal });
        }}
      />
      <button
        type="button"
        className={styles.rowName}
        aria-pressed={chosen}
        data-choose=""
        onClick={() => chooseVoice(slot, id)}
      >
        <span className={styles.rowTitle}>
          {title}
          {runs === 'cloud' && <Cloud aria-hidden />}
        </span>
        <span className={styles.rowNote}>{note}</span>
      </button>
      {chosen && <Check aria-hidden className={styles.rowCheck} />}
      <IconButton
        icon={Star}
        label={t(liked ? 'voice.unlike' : 'voice.like', { name: title })}
        small
        pressed={liked}
        className={cx(styles.star, liked && styles.starred)}
        onClick={() => like(id, !liked)}
      />
    </div>
  );
});
