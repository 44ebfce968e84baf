/**
 * Voices under the policy: a chain of services that never leaves silence while one of them, or the voice on this machine, can speak.
 * A service that dies in the middle of a part is continued from the last word it finished; what was heard stays.
 */
import { StudioError } from '../../../app/errors/index.ts';
import type { FailureNote } from '../../../app/policy/events.ts';
import { guessTokens, yuanForText } from '../../../app/policy/prices.ts';
import type { SpeechLang, SpeechPart } from '../../../app/speech/plan.ts';
import { SAMPLE_RATE, type TtsEvent, type TtsProvider, type TtsStreamRequest, type Voice } from '../ports/tts.ts';
import type { LineContext, SpeakerEvent, VoiceSource } from '../ports/voice-source.ts';
import { chooseVoice, fittingVoice } from '../stages/voice-choice.ts';
import { joinMs, spokenText } from './part-slices.ts';
import { Paces, SentSound } from './sent-sound.ts';
import { type Member, type PolicyDeps, type Serving, StagePolicy } from './stage-policy.ts';
import { growingText, type TextSource, wholeText } from './text-source.ts';
import { due, events, later, mutedSpeech, pieces, type Timing, tell } from './voice-joining.ts';

export interface VoiceMember extends Member<TtsProvider> {
  /** Whose price a voice has. */
  modelOf(voiceId: string): string;
  /** Why this voice of it may not speak, which says nothing of the others. */
  refusal?(voiceId: string): StudioError | null;
}

export interface VoicePolicyOptions extends PolicyDeps {
  members(): readonly VoiceMember[];
  /**
   * `live`: somebody listens while it is made, so a voice that stops for longer than what was heard lasts is dead;
   * `whole`: it is heard when it is done, so only the settings' time between bytes counts.
   */
  pace?: 'live' | 'whole';
}

export interface VoicePolicy extends VoiceSource {
  readonly stage: StagePolicy<VoiceMember>;
  /**
   * Speaks while the text is being written: word offsets index all of it joined. Services that take text piece by piece get it so, the
   * others a sentence at a time.
   */
  stream(
    request: TtsStreamRequest,
    text: AsyncIterable<string>,
    line: LineContext,
    signal: AbortSignal,
  ): AsyncIterable<TtsEvent | SpeakerEvent>;
}

/** Live: how much longer than its sound a voice may pause. */
const LIVE_GRACE_MS = 350;
const LIVE_LEAST_MS = 300;
/** Live: whoever speaks now has begun by then, or the voice on this machine does. */
const LIVE_FIRST_BYTE_MS = 1500;

const providerIdOf = (voiceId: string): string => voiceId.slice(0, Math.max(0, voiceId.indexOf(':')));

export function createVoicePolicy(options: VoicePolicyOptions): VoicePolicy {
  const { settings, clock } = options;
  const stage = new StagePolicy<VoiceMember>('tts', options.members, options);
  const paces = new Paces();

  const memberOf = (voiceId: string): VoiceMember | null => {
    const id = providerIdOf(voiceId);
    return stage.members.find((member) => member.id === id) ?? null;
  };
  /** A cloned voice is in no list; its provider knows it. */
  const unlisted = (voiceId: string): Voice | null =>
    memberOf(voiceId)?.runs === 'cloud'
      ? { id: voiceId, name: voiceId, languages: ['zh', 'yue', 'en'], gender: 'neutral', runs: 'cloud' }
      : null;

  /** Offline no service is asked even for its list; one that cannot tell it has none. */
  const listed = async (members: readonly VoiceMember[], signal: AbortSignal): Promise<Map<VoiceMember, Voice[]>> => {
    const isOffline = settings().mode === 'offline';
    const lists = new Map<VoiceMember, Voice[]>();
    for (const member of members) {
      if (member.runs === 'local') lists.set(member, await member.provider.voices(signal));
      else lists.set(member, isOffline ? [] : await member.provider.voices(signal).catch(() => []));
    }
    signal.throwIfAborted();
    return lists;
  };

  /** Who says the part when nobody before them did. One that the mode forbids stands there to be told so. */
  const candidatesFor = async (
    voiceId: string,
    lang: SpeechLang,
    { avoid, tookOver }: LineContext,
    signal: AbortSignal,
  ) => {
    const wished = memberOf(voiceId);
    const allowed = stage.order(wished?.id ?? null);
    const order = wished && !allowed.includes(wished) ? [wished, ...allowed] : allowed;
    const lists = await listed(order, signal);
    const like = [...lists.values()].flat().find(({ id }) => id === voiceId) ?? unlisted(voiceId);
    const voices = new Map<VoiceMember, string>();
    for (const member of order) {
      const voice = member === wished ? voiceId : fittingVoice(lang, like, lists.get(member) ?? [])?.id;
      if (voice !== undefined) voices.set(member, voice);
    }
    const all = [...voices.keys()];
    const willing = all.filter(({ id }) => !avoid.has(id));
    const first = willing.findIndex(({ id }) => id === tookOver && avoid.size > 0);
    if (first > 0) willing.unshift(...willing.splice(first, 1));
    return { wished, voices, all, candidates: willing.length > 0 ? willing : all };
  };

  const betweenMs = (startedMs: number, sentMs: () => number): (() => number) => {
    const { betweenBytesMs } = settings();
    if (options.pace !== 'live') return () => betweenBytesMs;
    return () =>
      Math.min(betweenBytesMs, Math.max(LIVE_LEAST_MS, startedMs + sentMs() + LIVE_GRACE_MS - clock.nowMs()));
  };

  async function* run(
    { voiceId: wishedVoiceId, lang, source }: { voiceId: string; lang: SpeechLang; source: TextSource },
    line: LineContext,
    signal: AbortSignal,
  ): AsyncGenerator<TtsEvent | SpeakerEvent> {
    signal.throwIfAborted();
    const { wished, voices, all, ...first } = await candidatesFor(wishedVoiceId, lang, line, signal);
    let { candidates } = first;
    // Services refuse what has nothing to say.
    if (!source.hasMore()) candidates = candidates.filter(({ runs }) => runs === 'local');
    if (candidates.length === 0 && !source.hasMore()) return;
    if (candidates.some(({ runs }) => runs === 'cloud')) wakeLocal(candidates);
    const cloudBeginsByMs = clock.nowMs() + LIVE_FIRST_BYTE_MS;
    let baseMs = 0;
    let goesOnFrom: { id: string; error: FailureNote } | null = null;
    /** Phones of what a dead voice said, which must stand before those of the next. */
    let before: Promise<Timing> | null = null;
    for (;;) {
      const sent = new SentSound(source.part);
      let startedMs = clock.nowMs();
      const serving: Serving<VoiceMember, TtsEvent> = await stage.begin<TtsEvent>(
        {
          candidates,
          open: (member, stop) => source.open(member.provider, voices.get(member)!, stop),
          ...(source.ownTime && { ownTime: true }),
          ...(options.pace === 'live' && { cloudBeginsByMs }),
          firstChoice: all[0]!,
          expect: (member) => costOf(member, voices.get(member)!, source.part()),
          betweenMs: () => betweenMs(startedMs, () => sent.sentMs)(),
          ...(goesOnFrom && { goesOnFrom }),
        },
        signal,
      );
      startedMs = clock.nowMs();
      const { member } = serving;
      const voiceId = voices.get(member)!;
      for (const passed of candidates.slice(0, candidates.indexOf(member))) line.avoid.add(passed.id);
      if (line.avoid.size > 0) line.tookOver ??= member.id;
      yield { type: 'speaker', providerId: member.id, voiceId, asWished: member === (wished ?? all[0]) };
      if (goesOnFrom) {
        const silence = new Float32Array(Math.round((joinMs(source.part()) * SAMPLE_RATE) / 1000));
        yield { type: 'audio', pcm: silence };
        baseMs += (silence.length * 1000) / SAMPLE_RATE;
      }
      const told = tell(baseMs, before);
      let whole = false;
      let error: unknown;
      try {
        if (member.runs === 'local') {
          for await (const event of pieces(serving.attempt, serving.first)) yield* told(event);
        } else {
          for await (const event of pieces(serving.attempt, serving.first)) {
            if (event.type === 'audio') {
              const pcm = sent.add(event.pcm);
              if (pcm.length > 0) yield { type: 'audio', pcm };
            } else if (event.type === 'words') sent.addWords(event.words);
            else sent.addPhones(event.phones);
            yield* told(...due(sent));
          }
          const tail = sent.flush();
          if (tail.length > 0) yield { type: 'audio', pcm: tail };
          if (sent.isSilent)
            throw new StudioError('cloud.bad-answer', { provider: member.id, detail: 'silence' }, { retryable: true });
          yield* told(...due(sent, true));
        }
        yield* told();
        whole = true;
      } catch (thrown) {
        error = thrown;
      } finally {
        serving.attempt.close();
        serving.settle(costOf(member, voiceId, source.part()).yuan);
        if (!whole && error === undefined) stage.undecided(member);
      }
      if (whole) {
        stage.succeeded(member);
        if (member.runs === 'cloud') {
          const part = source.part();
          paces.learn(voiceId, part, sent.audibleMs());
          const { words, mute: missing } = sent.finished();
          if (words.length > 0) yield* told({ type: 'words', words });
          // A service that gave no phones: the mouth moves by the voice on this machine.
          if (missing) yield* told(...events(await mutedSpeech(part, missing, reader(voiceId), signal)));
        }
        return;
      }
      if (signal.aborted) {
        stage.undecided(member);
        throw signal.reason;
      }
      const note = stage.failed(member, error);
      // What this machine's own voice cannot say once it has begun is no fault of a network: nobody knows how far it came.
      const others = candidates.filter((other) => other !== member);
      if (member.runs === 'local' || others.length === 0 || !stage.mayGoOn(error)) throw error;
      line.avoid.add(member.id);
      delete line.tookOver;
      const faded = sent.fadeOut();
      if (faded.length > 0) yield { type: 'audio', pcm: faded };
      yield* told(...due(sent));
      const part = source.part();
      const said = sent.isSilent ? null : sent.broken(paces.syllableMs(voiceId, part.prosody.rate));
      const missing = said?.mute ?? null;
      const words = said?.words ?? [];
      const offsetMs = baseMs;
      // Not waited for: the next voice begins meanwhile.
      const mute =
        missing === null
          ? Promise.resolve({ phones: [], words: [] })
          : mutedSpeech(part, missing, reader(voiceId), signal);
      before = mute.then(({ phones }) => later({ phones, words }, offsetMs));
      before.catch(() => undefined);
      baseMs += sent.sentMs;
      if (said) source.goOnAt(said.resumeAt);
      if (!source.hasMore()) {
        yield* tell(0, before)();
        return;
      }
      goesOnFrom = { id: member.id, error: note };
      // The one on this machine first: what killed the one service may have killed all.
      candidates = [...others.filter(({ runs }) => runs === 'local'), ...others.filter(({ runs }) => runs === 'cloud')];
    }
  }

  /** Who reads aside what a voice like this one said. */
  const reader = (voiceId: string): { provider: TtsProvider | null; like: Voice | null } => ({
    provider: stage.members.find(({ runs, lacks }) => runs === 'local' && lacks() === null)?.provider ?? null,
    like: unlisted(voiceId),
  });

  /** Loads what the first word would have to wait for, while the cloud still speaks. */
  let awake = false;
  function wakeLocal(candidates: readonly VoiceMember[]): void {
    if (awake) return;
    awake = true;
    for (const { runs, provider } of candidates)
      if (runs === 'local')
        provider.voices().catch(() => {
          awake = false;
        });
  }

  const costOf = ({ runs, modelOf }: VoiceMember, voiceId: string, part: SpeechPart) => {
    const text = spokenText(part);
    return runs === 'local'
      ? { yuan: 0, tokens: 0 }
      : { yuan: yuanForText(modelOf(voiceId), text), tokens: guessTokens(text) };
  };

  return {
    stage,
    speak: ({ voiceId, ...request }, line, signal) =>
      run({ voiceId, lang: request.part.lang, source: wholeText(request) }, line, signal),
    stream({ voiceId, ...request }, text, line, signal) {
      const source = growingText(request, text, { clock, settings, signal });
      return run({ voiceId, lang: request.lang, source }, line, signal);
    },
    mayAsk: (voiceId) => {
      const member = memberOf(voiceId);
      return member !== null && !member.refusal?.(voiceId) && stage.mayAsk(member);
    },
    decidersOf({ voice, lineVoiceId }) {
      const wishes = [lineVoiceId, voice.voiceId, ...Object.values(voice.byLanguage)];
      const ids = new Set(wishes.flatMap((id) => (id ? [providerIdOf(id)] : [])));
      const isFree =
        ids.size === 0 || [...ids].some((id) => stage.members.find((member) => member.id === id)?.runs === 'cloud');
      const [automatic] = stage.order();
      if (automatic && isFree) ids.add(automatic.id);
      const deciders = stage.members.filter(({ id, runs }) => runs === 'local' || ids.has(id));
      // What a voice said while it was allowed to is not heard any more.
      const refusals = wishes.flatMap((id) => (id && memberOf(id)?.refusal?.(id)?.code) || []);
      const versionOf = ({ version }: TtsProvider): string => [version, ...refusals].join('!');
      return {
        providers: deciders.map(({ provider }) => ({ id: provider.id, version: versionOf(provider) })),
        acts: deciders.some(({ runs }) => runs === 'cloud'),
      };
    },
    async chooser(signal) {
      const order = stage.order();
      const members = [...order, ...stage.members.filter((member) => !order.includes(member))];
      const lists = await listed(members, signal);
      const voices = [...lists.values()].flat();
      const [first] = order;
      return (lang, wish) => {
        const named = [wish.lineVoiceId, wish.voice.byLanguage[lang], wish.voice.voiceId];
        const known = [
          ...voices,
          ...named.flatMap((id) => (id && !voices.some((voice) => voice.id === id) ? (unlisted(id) ?? []) : [])),
        ];
        // Whoever chose the voice on this machine has it say the words of other languages too.
        const automatic = (like: Voice | null): Voice | null => {
          if (first?.runs !== 'cloud' || like?.runs === 'local') return null;
          const same = like && memberOf(like.id);
          const inOrder = same ? [same, ...order.filter((member) => member !== same)] : order;
          return (
            inOrder
              .map((member) => fittingVoice(lang, like, lists.get(member) ?? []))
              .find((voice) => voice !== null) ?? null
          );
        };
        return chooseVoice(lang, wish, known, automatic);
      };
    },
  };
}
