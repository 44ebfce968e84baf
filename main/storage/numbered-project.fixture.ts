/** Projects that carry a number in many places, so that a torn save would show. */
import assert from 'node:assert/strict';
import type { AssetRef } from '../../app/document/asset.ts';
import { newProject } from '../../app/document/new-project.ts';
import type { Project } from '../../app/document/project.ts';

/** Differs for each number; some tens of kB so that a write takes several pages. */
export const numberedContent = (number: number): Uint8Array => new TextEncoder().encode(`${number},`.repeat(8000));

const lineText = (number: number, line: number): string => `${line}:${number} 声画 `.repeat(50);

export function numberedProject(id: string, number: number, asset: AssetRef): Project {
  return newProject({
    id,
    name: `save ${number}`,
    portrait: { kind: 'asset', asset },
    script: { lines: Array.from({ length: 40 }, (_, line) => ({ id: `${line}`, text: lineText(number, line) })) },
    seed: number,
  });
}

/** The number the project carries, after checking that it carries the same one everywhere. */
export function saveNumber(project: Project): number {
  const number = project.seed;
  assert.equal(project.name, `save ${number}`);
  assert.equal(project.script.lines.length, 40);
  for (const [line, { text }] of project.script.lines.entries()) assert.equal(text, lineText(number, line));
  return number;
}
