/** What a person reads of all this: who speaks, writes or listens, since when, and why it is not the first choice. */
import { describeError, ERROR_CODES, type ErrorCode, type Locale } from '../errors/index.ts';
import type { Stage } from '../providers/settings.ts';
import type { EventStage, FailureNote, PolicyEvent } from './events.ts';

export interface StageDuty<S extends EventStage = Stage> {
  stage: S;
  provider: string;
  /** Unix ms. */
  sinceMs: number;
  /** null: it is the first choice. */
  error: FailureNote | null;
}

/** @param events oldest first */
export const dutyOf = <S extends EventStage>(events: readonly PolicyEvent[], stage: S): StageDuty<S> | null =>
  events.reduce<StageDuty<S> | null>((duty, event) => nextDuty(duty, event, stage), null);

/** The same object where the event changes nothing. */
export function nextDuty<S extends EventStage>(
  duty: StageDuty<S> | null,
  event: PolicyEvent,
  stage: S,
): StageDuty<S> | null {
  if (event.stage !== stage) return duty;
  const { atMs: sinceMs } = event;
  if (event.type === 'switched') {
    // Passed over again and again for the same reason is one time on duty.
    if (duty?.provider === event.to && duty.error?.code === event.error.code) return duty;
    return { stage, provider: event.to, sinceMs, error: event.error };
  }
  if (event.type !== 'served') return duty;
  if (duty?.provider === event.provider && (event.fallback || duty.error === null)) return duty;
  return { stage, provider: event.provider, sinceMs, error: event.fallback ? (duty?.error ?? null) : null };
}

const DOES: Record<Locale, Record<EventStage, string>> = {
  en: { tts: 'Speaking with', llm: 'Writing with', asr: 'Listening with', film: 'Drawing with' },
  'zh-CN': { tts: '正在使用语音', llm: '正在使用语言模型', asr: '正在使用语音识别', film: '正在使用渲染器' },
};
/** Short reasons; any other failure is told in its own words. */
const REASONS: Partial<Record<string, Record<Locale, string>>> = {
  'cloud.rate-limited': { en: 'rate limit', 'zh-CN': '限流' },
  'cloud.quota-used-up': { en: 'quota used up', 'zh-CN': '配额用尽' },
  'cloud.billing': { en: 'unpaid bill', 'zh-CN': '欠费或未开通' },
  'cloud.budget-spent': { en: 'today’s budget is spent', 'zh-CN': '今日预算已用完' },
  'cloud.offline': { en: 'offline by choice', 'zh-CN': '离线模式' },
  'cloud.key-missing': { en: 'no key', 'zh-CN': '未填写密钥' },
  'cloud.key-wrong': { en: 'key not accepted', 'zh-CN': '密钥无效' },
  'cloud.timeout': { en: 'no answer in time', 'zh-CN': '应答超时' },
  'cloud.cut-off': { en: 'connection broke off', 'zh-CN': '连接中断' },
  'cloud.circuit-open': { en: 'failed several times', 'zh-CN': '连续失败' },
};

/** “Speaking with the local voice since 14:02: rate limit”. `name` is what the interface calls the provider. */
export function dutyWords({ stage, sinceMs, error }: StageDuty<EventStage>, name: string, locale: Locale): string {
  const date = new Date(sinceMs);
  const time = `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;
  const reason = error === null ? null : reasonOf(error, locale);
  if (locale === 'zh-CN')
    return `${DOES[locale][stage]}“${name}”（${time} 起${reason === null ? '' : `，原因：${reason}`}）`;
  return `${DOES.en[stage]} ${name} since ${time}${reason === null ? '' : `: ${reason}`}`;
}

function reasonOf({ code, params }: FailureNote, locale: Locale): string {
  const short = REASONS[code]?.[locale];
  if (short !== undefined) return short;
  const known = (ERROR_CODES as string[]).includes(code);
  return known ? describeError({ code: code as ErrorCode, params }, locale).message.replace(/[.。]$/, '') : code;
}
