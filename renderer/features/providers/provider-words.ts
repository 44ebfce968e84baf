/** What providers, their states and what befell them are called in the person's language. */
import { useMemo } from 'react';
import type { OnDuty, ProviderEvent, ProviderLight } from '../../../app/contract/providers.ts';
import { describeError, type Locale } from '../../../app/errors/index.ts';
import { dutyWords } from '../../../app/policy/status.ts';
import type { Format } from '../../i18n/format.ts';
import type { Translate } from '../../i18n/index.ts';
import { useLanguage } from '../../state/language.ts';

/** Providers of the studio's own, by id; servers of the person's own have the name they were given. */
const OWN = new Set([
  'qwen',
  'cosyvoice',
  'qwen-tts',
  'sambert',
  'espeak',
  'bailian-asr',
  'qwen-asr',
  'isi',
  'local-qwen',
  'local-voice',
  'local-asr',
  'canned',
  'green',
  'videoretalk',
  'liveportrait',
  's2v',
  'embedded',
]);

export interface ProviderWords {
  name(id: string): string;
  light(light: ProviderLight): string;
  duty(duty: OnDuty): string;
  event(event: ProviderEvent): string;
  time(ms: number): string;
  yuan(amount: number): string;
}

function createProviderWords(
  locale: Locale,
  t: Translate,
  format: Format,
  named: ReadonlyMap<string, string>,
): ProviderWords {
  const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const money = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: 'CNY',
    currencyDisplay: 'narrowSymbol',
    maximumFractionDigits: 3,
    minimumFractionDigits: 2,
  });
  const name = (id: string): string =>
    named.get(id) ?? (OWN.has(id) ? t.any(`providers.name_${id}` as 'providers.name_qwen') : id);
  const reason = (error: Parameters<typeof describeError>[0]): string =>
    describeError(error, locale).message.replace(/[.。]$/, '');
  const capital = (words: string): string => words.replace(/^\p{Ll}/u, (letter) => letter.toLocaleUpperCase(locale));
  const ms = (value: number): string => format.number(Math.round(value));
  const time = (at: number): string => clock.format(at);
  const event = (event: ProviderEvent): string => {
    switch (event.type) {
      case 'served':
        return t(event.fallback ? 'providers.eventServedFallback' : 'providers.event_served', {
          provider: name(event.provider),
          ms: ms(event.firstByteMs),
        });
      case 'failed':
        return t('providers.event_failed', {
          provider: name(event.provider),
          count: event.tries,
          reason: reason(event.error),
        });
      case 'switched':
        return t(event.midUtterance ? 'providers.eventSwitchedMid' : 'providers.event_switched', {
          ...{ from: name(event.from), to: name(event.to), reason: reason(event.error) },
        });
      case 'circuit':
        return t(`providers.eventCircuit_${event.state}`, { provider: name(event.provider) });
      case 'budget':
        return t('providers.event_budget', {
          spent: money.format(event.spentYuan),
          budget: money.format(event.limitYuan),
        });
      case 'withheld':
        return t(`providers.eventWithheld_${event.risk === null ? 'unchecked' : event.use}`, {
          provider: name(event.provider),
          labels: event.labels.join(', ') || (event.risk ?? ''),
        });
      case 'cache':
        return event.kind === 'exact'
          ? t('providers.eventCache_exact')
          : t('providers.eventCache_similar', { percent: format.percent(event.similarity) });
    }
  };
  return {
    name,
    light: ({ light, restsUntilMs }) =>
      light === 'resting' && restsUntilMs !== null
        ? t('providers.lightRestingUntil', { time: time(restsUntilMs) })
        : t(`providers.light_${light}`),
    duty: (duty) => dutyWords(duty, name(duty.provider), locale),
    event: (each) => capital(event(each)),
    time,
    yuan: (amount) => money.format(amount),
  };
}

export function useProviderWords(lights: readonly ProviderLight[] | undefined): ProviderWords {
  const { locale, t, format } = useLanguage();
  return useMemo(() => {
    const named = new Map((lights ?? []).flatMap(({ id, name }) => (name === null ? [] : [[id, name] as const])));
    return createProviderWords(locale, t, format, named);
  }, [locale, t, format, lights]);
}
