/** Vectors in which texts that share words and pieces of words lie near each other: signed, hashed n-grams of characters and words. */
import { seeded } from '../../../app/document/seeded.ts';

/** What is said around a matter and not of it: texts that differ in nothing else are about the same. */
const FILLER = /[的了吗呢啊吧呀哦嗯是请问你我您要想就也这那个件]|一下|可以|能不能/gu;
const STOP = new Set(
  'a an and are be can could do does for have i in is it me of on or please tell that the this to was what will would you your'.split(
    ' ',
  ),
);

/** A unit vector; of a text without letters, the one of its bare characters. */
export function embedded(text: string, dimensions: number): number[] {
  const vector = new Float64Array(dimensions);
  for (const [feature, weight] of features(text)) {
    const hash = seeded(11, feature);
    vector[hash % dimensions] += (hash & 0x8000_0000) === 0 ? weight : -weight;
  }
  const length = Math.hypot(...vector);
  if (length === 0) vector[0] = 1;
  return Array.from(vector, (value) => value / (length || 1));
}

/** How well a document answers a query, 0..1: how much of the query's weight is in it, and how alike they are. */
export function relevance(query: string, document: string): number {
  const asked = features(query);
  const said = features(document);
  let found = 0;
  let sought = 0;
  let common = 0;
  for (const [feature, weight] of asked) {
    sought += weight;
    if (!said.has(feature)) continue;
    found += weight;
    common += weight * said.get(feature)!;
  }
  const length = (of: Map<string, number>) => Math.hypot(...of.values()) || 1;
  const score = 0.7 * (found / (sought || 1)) + 0.3 * (common / (length(asked) * length(said)));
  return Math.round(score * 1e6) / 1e6;
}

function features(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  const add = (feature: string, weight: number) => counts.set(feature, (counts.get(feature) ?? 0) + weight);
  for (const word of contentOf(text)) {
    const units = [...word];
    if (/\p{Script=Han}/u.test(word)) {
      for (const one of units) add(`h${one}`, 0.6);
      for (let i = 0; i + 1 < units.length; i++) add(`hh${units[i]}${units[i + 1]}`, 1);
      continue;
    }
    add(`w${word}`, 1.5);
    const padded = ['<', ...units, '>'];
    for (let i = 0; i + 2 < padded.length; i++) add(`t${padded.slice(i, i + 3).join('')}`, 0.5);
  }
  // What is said five times is not five times as much about it.
  for (const [feature, count] of counts) counts.set(feature, count <= 1 ? count : 1 + Math.log(count));
  return counts;
}

/** Words, and runs of Hanzi, without fillers unless there is nothing else. */
function contentOf(text: string): string[] {
  const all = text
    .normalize('NFKC')
    .toLowerCase()
    .match(/\p{Script=Han}+|[\p{L}\p{N}]+/gu) ?? [text];
  const content = all.map((word) => (STOP.has(word) ? '' : word.replace(FILLER, ''))).filter((word) => word !== '');
  return content.length > 0 ? content : all;
}
