import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

interface Locked {
  version?: string;
  resolved?: string;
  optionalDependencies?: Record<string, string>;
}
const { packages } = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')) as {
  packages: Record<string, Locked>;
};

/** Where npm looks for what the package at `path` depends on: its own node_modules, then each one above. */
function find(path: string, name: string): Locked | undefined {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const found = packages[`${folder === '' ? '' : `${folder}/`}node_modules/${name}`];
    if (found !== undefined || folder === '') return found;
  }
}

test('the lock file holds every system’s binaries, so that npm ci works on each', () => {
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => find(path, name)?.version === undefined),
  );
  assert.deepEqual(missing, []);
});

test('the lock file names no registry, so that each machine uses its own', () => {
  assert.deepEqual(
    Object.values(packages).flatMap(({ resolved = [] }) => resolved),
    [],
  );
});

test('the lock file brings llama.cpp for processors alone: packs for graphics cards are ten times its size', () => {
  const packs = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) => [
    path,
    ...Object.keys(optionalDependencies),
  ]);
  assert.deepEqual(
    packs.filter((name) => /@node-llama-cpp\/.*-(cuda|vulkan)/.test(name)),
    [],
    'take them out of the lock file, and out of node-llama-cpp’s optionalDependencies in it',
  );
});
