/** Which packages the product depends on, under which licences, and whether those go with GPL-3.0-or-later. */

export interface LockFile {
  packages: Record<string, { version?: string; license?: string; dev?: boolean; optional?: boolean; link?: boolean }>;
}

export interface PackageEntry {
  name: string;
  version: string;
  /** SPDX expression. */
  licence: string;
  /** Empty for optional packages, which are installed on some machines only. */
  homepage: string;
}

/** What packages say about themselves in other words than SPDX, or do not say; with where it is said. */
const STATED: Readonly<Record<string, string>> = {
  GPLv3: 'GPL-3.0-only',
  'GPL-3.0': 'GPL-3.0-only',
  'LGPL-2.1': 'LGPL-2.1-only',
  'LGPL-3.0': 'LGPL-3.0-only',
};
const STATED_BY_PACKAGE: Readonly<Record<string, string>> = {
  // Its licence field is a link to FFmpeg's licence page; the build has --enable-gpl.
  '@ffmpeg-installer/darwin-arm64': 'GPL-3.0-or-later',
  // No licence field; its LICENSE file is Walmart's BSD-3-Clause.
  'parse-cache-control': 'BSD-3-Clause',
};

/** https://www.gnu.org/licenses/license-list.html; the OFL covers a font beside the program, not linked into it. */
const COMPATIBLE = new Set([
  ...[
    '0BSD',
    'BSD-2-Clause',
    'BSD-3-Clause',
    'BlueOak-1.0.0',
    'CC0-1.0',
    'ISC',
    'MIT',
    'MIT-0',
    'Python-2.0',
    'Unlicense',
    'Zlib',
  ],
  ...['Apache-2.0', 'MPL-2.0', 'OFL-1.1'],
  ...[
    'LGPL-2.1-only',
    'LGPL-2.1-or-later',
    'LGPL-3.0-only',
    'LGPL-3.0-or-later',
    'GPL-3.0-only',
    'GPL-3.0-or-later',
    'GPL-2.0-or-later',
  ],
]);

/** Whether an SPDX expression of `AND`, `OR` and parentheses can be met by compatible licences alone. */
export function isCompatible(expression: string): boolean {
  const tokens = expression.replace(/[()]/g, ' $& ').trim().split(/\s+/);
  let at = 0;
  const atom = (): boolean => {
    const token = tokens[at++];
    if (token !== '(') return token !== undefined && COMPATIBLE.has(token);
    const inner = either();
    return tokens[at++] === ')' && inner;
  };
  const all = (): boolean => {
    let holds = atom();
    for (; tokens[at] === 'AND'; holds = atom() && holds) at++;
    return holds;
  };
  const either = (): boolean => {
    let holds = all();
    for (; tokens[at] === 'OR'; holds = all() || holds) at++;
    return holds;
  };
  return either() && at === tokens.length;
}

/** `manifestOf` gives an installed package's package.json by its path in the lock file, null when it is not installed. */
export function listPackages(
  lock: LockFile,
  manifestOf: (path: string) => Record<string, unknown> | null,
): { packages: PackageEntry[]; problems: string[] } {
  const byKey = new Map<string, PackageEntry>();
  const problems: string[] = [];
  for (const [path, entry] of Object.entries(lock.packages)) {
    if (path === '' || entry.dev === true || entry.link === true) continue;
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const version = entry.version ?? '';
    const manifest = entry.optional === true ? null : manifestOf(path);
    const said = STATED_BY_PACKAGE[name] ?? entry.license ?? manifest?.license;
    const licence = typeof said === 'string' ? (STATED[said] ?? said) : '';
    if (licence === '') problems.push(`${name}@${version}: no licence is stated`);
    else if (!isCompatible(licence))
      problems.push(`${name}@${version}: ${licence} is unknown or does not go with GPL-3.0-or-later`);
    byKey.set(`${name}@${version}`, { name, version, licence, homepage: homepageOf(manifest) });
  }
  const packages = [...byKey.values()].sort((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1));
  return { packages, problems };
}

function homepageOf(manifest: Record<string, unknown> | null): string {
  const { homepage, repository } = manifest ?? {};
  if (typeof homepage === 'string' && homepage !== '') return homepage;
  const url =
    typeof repository === 'object' && repository !== null && 'url' in repository ? repository.url : repository;
  if (typeof url !== 'string') return '';
  if (/^(github:)?[\w.-]+\/[\w.-]+$/.test(url)) return `https://github.com/${url.replace('github:', '')}`;
  return url
    .replace(/^git\+/, '')
    .replace(/^(ssh:\/\/)?git@([^:/]+)[:/]/, 'https://$2/')
    .replace(/^git:/, 'https:')
    .replace(/\.git$/, '');
}

export function renderList(packages: readonly PackageEntry[]): string {
  const rows = packages.map(
    ({ name, version, licence, homepage }) => `| ${name} | ${version} | ${licence} | ${homepage} |`,
  );
  return `# Third-party licences

Shenghua Studio is free software under the GNU General Public License, version 3 or later (see LICENSE). It stands on the
packages below, each under its own licence, whose text comes with the package. Packages without a homepage are optional:
they are installed on some systems only. Made by \`npm run licenses\`; do not edit.

| package | version | licence | homepage |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
}
