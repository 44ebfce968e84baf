/** Who is asked in which order, stage by stage: dragged, or moved by Alt with the arrows; each with its light and a test. */
import { GripVertical, Plus, X, Zap } from 'lucide-react';
import { type DragEvent, type KeyboardEvent, type ReactElement, useRef, useState } from 'react';
import type { ProviderLight, ProviderTest } from '../../../app/contract/providers.ts';
import { STAGES, type Stage } from '../../../app/providers/settings.ts';
import { useLanguage } from '../../state/language.ts';
import { Button, ErrorBox, IconButton, Menu } from '../../ui/index.ts';
import { goToKey } from './keys.tsx';
import { LightDot } from './light-dot.tsx';
import type { ProviderWords } from './provider-words.ts';
import styles from './providers.module.css';
import { changeSetting, testProvider, useProviders } from './providers-store.ts';

const TYPE = 'application/x-shenghua-provider';

export function Chains({ words }: { words: ProviderWords }): ReactElement {
  const { t } = useLanguage();
  const [told, tell] = useState('');
  return (
    <section aria-labelledby="providers-chains">
      <h3 id="providers-chains">{t('providers.chains')}</h3>
      <p className={styles.quiet}>{t('providers.chainsHint')}</p>
      {STAGES.map((stage) => (
        <Chain key={stage} stage={stage} words={words} tell={tell} />
      ))}
      <p className="visually-hidden" role="status">
        {told}
      </p>
    </section>
  );
}

interface ChainProps {
  stage: Stage;
  words: ProviderWords;
  tell: (words: string) => void;
}
function Chain({ stage, words, tell }: ChainProps): ReactElement {
  const { t } = useLanguage();
  const { settings, status, tests } = useProviders();
  const list = useRef<HTMLOListElement>(null);
  const dragged = useRef<string | null>(null);
  const [drop, setDrop] = useState<{ over: string; after: boolean } | null>(null);
  const chain = settings?.policy.chains[stage] ?? [];
  const lights = status?.lights.filter((light) => light.stage === stage) ?? [];
  const others = lights.filter(({ id }) => !chain.includes(id));

  const set = (next: readonly string[]): void => void changeSetting(['policy', 'chains', stage], next);
  const place = (id: string, at: number): void => {
    const rest = chain.filter((each) => each !== id);
    const to = Math.max(0, Math.min(rest.length, at));
    set(rest.toSpliced(to, 0, id));
    tell(t('providers.moved', { name: words.name(id), place: to + 1 }));
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>, id: string): void => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.altKey) {
      place(id, chain.indexOf(id) + step);
      // The handle moved with its row.
      requestAnimationFrame(() => list.current?.querySelector<HTMLElement>(`[data-handle="${id}"]`)?.focus());
      return;
    }
    const handles = [...(list.current?.querySelectorAll<HTMLElement>('[data-handle]') ?? [])];
    handles[chain.indexOf(id) + step]?.focus();
  };
  const onDragOver = (event: DragEvent<HTMLElement>, over: string): void => {
    if (dragged.current === null) return;
    event.preventDefault();
    const { top, height } = event.currentTarget.getBoundingClientRect();
    setDrop({ over, after: event.clientY > top + height / 2 });
  };
  const onDrop = (event: DragEvent): void => {
    const id = dragged.current;
    event.preventDefault();
    if (id !== null && drop !== null && drop.over !== id) {
      const rest = chain.filter((each) => each !== id);
      place(id, rest.indexOf(drop.over) + (drop.after ? 1 : 0));
    }
    dragged.current = null;
    setDrop(null);
  };

  const title = t(`providers.stage_${stage}`);
  return (
    <div className={styles.chain}>
      <div className={styles.chainHead}>
        <h4>{title}</h4>
        {others.length > 0 && (
          <Menu
            trigger={
              <Button tone="quiet" icon={Plus} aria-label={t('providers.addTo', { stage: title })}>
                {t('providers.add')}
              </Button>
            }
            entries={others.map(({ id, model }) => ({
              label: model === null ? words.name(id) : `${words.name(id)} · ${model}`,
              onSelect: () => set([...chain, id]),
            }))}
          />
        )}
      </div>
      {chain.length === 0 && <p className={styles.quiet}>{t('providers.nobody')}</p>}
      <ol ref={list} aria-label={t('providers.chainOf', { stage: title })}>
        {chain.map((id, index) => (
          <li
            key={id}
            className={styles.provider}
            data-provider={id}
            data-drop={drop?.over === id ? (drop.after ? 'after' : 'before') : undefined}
            onDragOver={(event) => onDragOver(event, id)}
            onDrop={onDrop}
          >
            <button
              type="button"
              className={styles.handle}
              data-handle={id}
              draggable
              aria-label={t('providers.moveHandle', { name: words.name(id), place: index + 1, count: chain.length })}
              onKeyDown={(event) => onKeyDown(event, id)}
              onDragStart={(event) => {
                dragged.current = id;
                event.dataTransfer.effectAllowed = 'move';
                event.dataTransfer.setData(TYPE, id);
              }}
              onDragEnd={() => {
                dragged.current = null;
                setDrop(null);
              }}
            >
              <GripVertical aria-hidden />
            </button>
            <ProviderRow
              {...{ id, words }}
              light={lights.find((light) => light.id === id)}
              test={tests[id]}
              onRemove={() => set(chain.filter((each) => each !== id))}
            />
          </li>
        ))}
      </ol>
    </div>
  );
}

interface ProviderRowProps {
  id: string;
  words: ProviderWords;
  light: ProviderLight | undefined;
  test: ProviderTest | null | undefined;
  onRemove: () => void;
}
function ProviderRow({ id, words, light, test, onRemove }: ProviderRowProps): ReactElement {
  const { t, format } = useLanguage();
  const name = words.name(id);
  const error = test?.ok === false ? test.error : light?.light === 'failing' && test === undefined ? light.error : null;
  return (
    <>
      <LightDot light={test?.ok === false ? 'failing' : (light?.light ?? 'not-set')} />
      <span className={styles.providerName}>{name}</span>
      <span className={styles.providerFacts}>
        {light !== undefined && (
          <>
            <span data-light-words={light.light}>{words.light(light)}</span>
            <span>{t(`providers.runs_${light.runs}`)}</span>
            {light.model !== null && light.model !== id && <span>{light.model}</span>}
            {light.firstByteMs !== null && test === undefined && (
              <span>{t('providers.ms', { ms: format.number(Math.round(light.firstByteMs)) })}</span>
            )}
          </>
        )}
        {test?.ok && (
          <span role="status" className={styles.good}>
            {t('providers.answered', { ms: format.number(Math.round(test.firstByteMs)) })}
          </span>
        )}
      </span>
      <span className={styles.providerTools}>
        {light?.light === 'no-key' && <Button onClick={() => goToKey(id)}>{t('providers.enterKey')}</Button>}
        <Button
          icon={Zap}
          busy={test === null}
          aria-label={t('providers.testOf', { name })}
          onClick={() => void testProvider(id)}
        >
          {t('providers.test')}
        </Button>
        <IconButton small icon={X} label={t('providers.remove', { name })} onClick={onRemove} />
      </span>
      {error !== null && (
        <div className={styles.providerError}>
          <ErrorBox error={error} />
        </div>
      )}
    </>
  );
}
