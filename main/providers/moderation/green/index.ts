/**
 * Alibaba Cloud's content moderation, "Green 2.0": TextModerationPlus, version 2022-03-02, for what a language model is asked and answers.
 * https://help.aliyun.com/document_detail/2671445.html. A region that does not answer is passed over for the next, as the vendor advises.
 */
import { StudioError } from '../../../../app/errors/index.ts';
import { failureClass } from '../../../../app/policy/failure.ts';
import type { GreenSettings } from '../../../../app/providers/settings.ts';
import type { ModerationProvider, ModerationVerdict } from '../../../engine/ports/moderation.ts';
import { cloudError, vendorFailure } from '../../kit/failures.ts';
import { type HttpTimeouts, refusalOf, requestJson } from '../../kit/http.ts';
import { type AccessKey, signedPopForm } from '../../kit/pop-signature.ts';
import { splitAtSentences } from '../../kit/split.ts';
import { asRecord, numberIn, stringIn } from '../../kit/web-socket.ts';

export interface GreenOptions {
  settings(): Pick<GreenSettings, 'regions'>;
  /** null: there is none. */
  accessKey(signal: AbortSignal): Promise<AccessKey | null>;
  /** Instead of the region's own host, without a slash at its end. */
  baseUrl?: (region: string) => string;
  timeouts?: HttpTimeouts;
  /** Unix ms; unless given, this computer's clock. */
  now?: () => number;
}

const NAME = 'Alibaba Green';
const ACTION = 'TextModerationPlus';
const SERVICES = {
  asked: { service: 'llm_query_moderation', maxCharacters: 2000 },
  answer: { service: 'llm_response_moderation', maxCharacters: 5000 },
} as const;
/** Somebody waits for the sentence. */
const TIMEOUTS: HttpTimeouts = { firstByteMs: 3000, betweenBytesMs: 3000 };
/** The vendor's own numbers inside HTTP 200, as the statuses they mean: no permission for the service; too many requests. */
const CODES: Readonly<Record<number, number>> = { 408: 403, 588: 429 };
const NO_LABEL = 'nonLabel';
const RISKS = ['none', 'low', 'medium', 'high'] as const;

const riskOf = (said: unknown): ModerationVerdict['risk'] | undefined => RISKS.find((risk) => risk === said);

/** `check` throws StudioError of `cloud.*` (key-missing, key-wrong, clock-skew, unreachable …), or the signal's reason. */
export function createGreen(options: GreenOptions): ModerationProvider {
  const { now = Date.now, timeouts = TIMEOUTS } = options;
  const baseUrl = options.baseUrl ?? ((region) => `https://green-cip.cn-${region}.aliyuncs.com`);

  async function ask(region: string, service: string, content: string, accessKey: AccessKey, signal: AbortSignal) {
    const parameters = {
      ...{ Action: ACTION, Version: '2022-03-02', RegionId: `cn-${region}` },
      ...{ Service: service, ServiceParameters: JSON.stringify({ content }) },
    };
    const said = asRecord(
      await requestJson(
        {
          ...{ provider: NAME, url: `${baseUrl(region)}/`, method: 'POST', timeouts, maxBytes: 1024 * 1024 },
          headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' },
          body: () => signedPopForm('POST', parameters, accessKey, { nowMs: now() }),
          about: { model: ACTION, region },
        },
        signal,
      ),
    );
    if (said.Code !== 200) {
      const status = numberIn(said.Code);
      throw vendorFailure({
        ...{ provider: NAME, model: ACTION, region },
        ...refusalOf(said),
        ...(status !== undefined && { status: CODES[status] ?? status }),
      });
    }
    return verdictIn(asRecord(said.Data));
  }

  /** Each region once, in the settings' order; what a region refuses is not asked elsewhere. */
  async function checkPart(content: string, service: string, accessKey: AccessKey, signal: AbortSignal) {
    let last: unknown;
    for (const region of new Set(options.settings().regions)) {
      try {
        return await ask(region, service, content, accessKey, signal);
      } catch (error) {
        if (signal.aborted || failureClass(error) !== 'retry') throw error;
        last = error;
      }
    }
    throw last;
  }

  return {
    id: 'green',
    runs: 'cloud',
    async check(text, use, signal) {
      signal.throwIfAborted();
      const { service, maxCharacters } = SERVICES[use];
      const parts = splitAtSentences(text, maxCharacters);
      if (parts.length === 0) return { risk: 'none', labels: [], advice: null };
      const accessKey = await options.accessKey(signal);
      signal.throwIfAborted();
      if (accessKey === null) throw new StudioError('cloud.key-missing', { provider: NAME });
      const verdicts = await Promise.all(parts.map((part) => checkPart(part, service, accessKey, signal)));
      return {
        risk: RISKS.findLast((risk) => verdicts.some((verdict) => verdict.risk === risk)) ?? 'none',
        labels: verdicts.flatMap(({ labels }) => labels),
        advice: verdicts.find(({ advice }) => advice !== null)?.advice ?? null,
      };
    },
    dispose: async () => undefined,
  };
}

const recordsIn = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value.map(asRecord) : []);
const wordsIn = (value: unknown): string[] =>
  (stringIn(value) ?? '')
    .split(/[,，]/)
    .map((word) => word.trim())
    .filter(Boolean);

/** @throws StudioError cloud.bad-answer: what says no risk in so many words is no verdict */
function verdictIn(data: Record<string, unknown>): ModerationVerdict {
  const risk = riskOf(data.RiskLevel);
  if (risk === undefined) throw cloudError('cloud.bad-answer', { provider: NAME, detail: 'no risk level in it' });
  return {
    risk,
    labels: recordsIn(data.Result).flatMap((hit) => {
      const label = stringIn(hit.Label);
      if (label === undefined || label === NO_LABEL) return [];
      const own = recordsIn(hit.CustomizedHit).flatMap(({ KeyWords }) => wordsIn(KeyWords));
      return [{ label, confidence: numberIn(hit.Confidence) ?? null, words: [...wordsIn(hit.RiskWords), ...own] }];
    }),
    advice: recordsIn(data.Advice).flatMap(({ Answer }) => stringIn(Answer) ?? [])[0] ?? null,
  };
}
