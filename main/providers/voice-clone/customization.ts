/** The one address under which DashScope makes, lists and deletes voices. https://help.aliyun.com/zh/model-studio/voice-clone-design-http-api */
import type { ClonedVoice } from '../../engine/ports/voice-clone.ts';
import type { BailianEndpoint } from '../kit/endpoint.ts';
import { requestJson } from '../kit/http.ts';
import { asRecord } from '../kit/web-socket.ts';

const TIMEOUTS = { firstByteMs: 60_000, betweenBytesMs: 30_000 };
export const PAGE_SIZE = 50;
const MAX_PAGES = 40;

/** `output` of the answer. @throws StudioError of `cloud.*` */
export async function customise(
  endpoint: BailianEndpoint,
  body: { model: string; input: Readonly<Record<string, unknown>> },
  signal: AbortSignal,
  { headers = {}, about = {} }: { headers?: Record<string, string>; about?: { model?: string; voice?: string } } = {},
): Promise<Record<string, unknown>> {
  const { provider, region } = endpoint;
  const answer = await requestJson(
    {
      ...{ provider, url: endpoint.nativeUrl('/services/audio/tts/customization'), timeouts: TIMEOUTS },
      ...{ headers: await endpoint.headers(signal, headers), body: JSON.stringify(body), about: { region, ...about } },
    },
    signal,
  );
  return asRecord(asRecord(answer).output);
}

/** All pages of a list. */
export async function allPages(
  ask: (page: number) => Promise<Record<string, unknown>>,
  voiceIn: (entry: Record<string, unknown>) => ClonedVoice | null,
): Promise<ClonedVoice[]> {
  const voices = new Map<string, ClonedVoice>();
  for (let page = 0; page < MAX_PAGES; page++) {
    const { voice_list: list } = await ask(page);
    const entries = Array.isArray(list) ? list : [];
    const before = voices.size;
    for (const entry of entries) {
      const voice = voiceIn(asRecord(entry));
      if (voice !== null) voices.set(voice.id, voice);
    }
    // A vendor that counts pages from another number gives one twice.
    if (entries.length < PAGE_SIZE || (page > 0 && voices.size === before)) break;
  }
  return [...voices.values()];
}
