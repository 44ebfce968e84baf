/** What a show plays in an order of chance. Nothing is remembered: every order follows from the seed, a name and how many went before. */
import { seeded } from '../document/seeded.ts';

/**
 * `ids` in the order of round `round`: each once, another order every round, and never the same twice in a row where one round ends and
 * the next begins. Two take turns. An id more or less changes nothing about the order of the others, but at that seam.
 */
export function shuffledRound(ids: readonly string[], seed: number, name: string, round: number): string[] {
  if (ids.length === 2) return inChanceOrder(ids, seed, name, 0);
  const order = inChanceOrder(ids, seed, name, round);
  const [first, second] = order;
  // With three or more the exchange leaves the round's last one what it was.
  if (round > 0 && ids.length > 2 && first === inChanceOrder(ids, seed, name, round - 1).at(-1))
    order.splice(0, 2, second!, first!);
  return order;
}

/** Which of `count` alternatives is said the `nth` time, from 0: each as often as the others, and with two or more none twice in a row. */
export function variationAt(count: number, seed: number, name: string, nth: number): number {
  if (count < 2) return 0;
  const indices = Array.from({ length: count }, (_, index) => String(index));
  return Number(shuffledRound(indices, seed, name, Math.floor(nth / count))[nth % count]);
}

const inChanceOrder = (ids: readonly string[], seed: number, name: string, round: number): string[] =>
  ids
    .map((id) => ({ id, place: seeded(seed, name, round, id) }))
    .sort((a, b) => a.place - b.place)
    .map(({ id }) => id);
