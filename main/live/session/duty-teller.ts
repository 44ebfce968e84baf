/** Hears what the policy does and tells who is on duty, whenever that changes and whenever one goes on in the middle for another. */
import type { PolicyEvent } from '../../../app/policy/events.ts';
import { nextDuty, type StageDuty } from '../../../app/policy/status.ts';
import { STAGES, type Stage } from '../../../app/providers/settings.ts';
import type { SessionReply } from './messages.ts';

export function dutyTeller(tell: (reply: SessionReply) => void): (event: PolicyEvent | null) => void {
  const duties = new Map<Stage, StageDuty>();
  return (event) => {
    const stage = STAGES.find((each) => each === event?.stage);
    if (event === null || stage === undefined) return;
    const before = duties.get(stage) ?? null;
    const duty = nextDuty(before, event, stage);
    const midUtterance = event.type === 'switched' && event.midUtterance;
    if (duty === null || (duty === before && !midUtterance)) return;
    duties.set(stage, duty);
    const { error } = duty;
    tell({
      ...{ type: 'duty', midUtterance, from: event.type === 'switched' ? event.from : (before?.provider ?? null) },
      duty: { ...duty, error: error === null ? null : { code: error.code, params: { ...error.params } } },
    });
  };
}
