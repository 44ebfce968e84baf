/** What an interface sees of the providers, from what their runtime says. Pure. */
import type { Light, ProviderEvent, ProviderLight, ProviderStatus } from '../../../app/contract/providers.ts';
import { ERROR_CODES, type ErrorCode } from '../../../app/errors/index.ts';
import type { FailureNote, PolicyEvent } from '../../../app/policy/events.ts';
import { dutyOf } from '../../../app/policy/status.ts';
import { type ProviderSettings, STAGES } from '../../../app/providers/settings.ts';
import type { ProviderState } from '../../engine/ports/providers.ts';

export interface StatusFacts {
  settings: ProviderSettings;
  states: readonly ProviderState[];
  /** Oldest first. */
  events: readonly PolicyEvent[];
  spentTodayYuan: Readonly<Record<string, number>>;
  keptSecrets: readonly string[];
  secretsFromEnvironment: readonly string[];
}

const EVENTS_SHOWN = 200;
const isCode = (code: string): code is ErrorCode => (ERROR_CODES as string[]).includes(code);

const onTheWire = ({ code, params }: FailureNote): NonNullable<ProviderLight['error']> =>
  isCode(code)
    ? { code, params: { ...params }, retryable: false }
    : { code: 'command.internal', params: { detail: code }, retryable: false };

function toEvent(event: PolicyEvent): ProviderEvent {
  return 'error' in event ? { ...event, error: onTheWire(event.error) } : event;
}

function lightOf({ runs, lacks, circuit, lastFailure }: ProviderState, { policy }: ProviderSettings): Light {
  if (runs === 'cloud' && policy.mode === 'offline') return 'offline';
  if (lacks !== null) return lacks === 'key' ? 'no-key' : 'not-set';
  if (circuit === 'open') return 'resting';
  return lastFailure === null ? 'ready' : 'failing';
}

export function providerStatus(facts: StatusFacts): ProviderStatus {
  const { settings, states, spentTodayYuan, keptSecrets, secretsFromEnvironment } = facts;
  const names = new Map(settings.openAiServers.map(({ id, name }) => [id, name || id]));
  const cost = Object.entries(spentTodayYuan)
    .map(([provider, yuan]) => ({ provider, yuan }))
    .filter(({ yuan }) => yuan > 0)
    .sort((a, b) => b.yuan - a.yuan);
  const spentYuan = cost.reduce((sum, { yuan }) => sum + yuan, 0);
  const budgetYuan = settings.policy.dailyBudgetYuan;
  const fromEnvironment = new Set(secretsFromEnvironment);
  return {
    lights: states.map((state) => {
      const light = lightOf(state, settings);
      return {
        ...{ id: state.id, stage: state.stage, runs: state.runs, model: state.model, light },
        name: names.get(state.id) ?? null,
        restsUntilMs: light === 'resting' ? state.restsUntilMs : null,
        error: state.lastFailure === null ? null : onTheWire(state.lastFailure),
        firstByteMs: state.lastFirstByteMs,
      };
    }),
    onDuty: STAGES.flatMap((stage) => {
      const duty = dutyOf(facts.events, stage);
      return duty === null ? [] : [{ ...duty, error: duty.error === null ? null : onTheWire(duty.error) }];
    }),
    events: facts.events.slice(-EVENTS_SHOWN).map(toEvent).reverse(),
    ...{ cost, spentYuan, budgetYuan },
    stopped: budgetYuan !== null && spentYuan >= budgetYuan,
    secrets: [
      ...secretsFromEnvironment.map((name) => ({ name, from: 'environment' as const })),
      ...keptSecrets.filter((name) => !fromEnvironment.has(name)).map((name) => ({ name, from: 'kept' as const })),
    ],
  };
}
