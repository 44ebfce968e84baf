import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isCompatible, listPackages, renderList } from './licence-list.ts';

test('a licence expression goes with the GPL when it can be met by licences that do', () => {
  for (const good of ['MIT', 'MIT AND OFL-1.1', '(GPL-2.0-only OR MIT)', 'Apache-2.0 AND (MIT OR SSPL-1.0)']) {
    assert.ok(isCompatible(good), good);
  }
  for (const bad of [
    'GPL-2.0-only',
    'MIT AND SSPL-1.0',
    'UNLICENSED',
    'SEE LICENSE IN x',
    '',
    '(MIT',
    'MIT ISC',
    'toString',
  ]) {
    assert.ok(!isCompatible(bad), bad);
  }
});

test('shipped packages are listed once; missing and unfit licences are problems; tools do not count', () => {
  const { packages, problems } = listPackages(
    {
      packages: {
        '': { version: '1.0.0' },
        'node_modules/b': { version: '2.0.0', license: 'ISC' },
        'node_modules/a': { version: '1.0.0' },
        'node_modules/b/node_modules/a': { version: '1.0.0' },
        'node_modules/@x/mac': { version: '1.0.0', license: 'GPLv3', optional: true },
        'node_modules/tool': { version: '1.0.0', license: 'UNLICENSED', dev: true },
        'node_modules/closed': { version: '3.0.0', license: 'UNLICENSED' },
        'node_modules/silent': { version: '4.0.0' },
      },
    },
    (path) => (path.endsWith('/a') ? { license: 'MIT', repository: { url: 'git+ssh://git@github.com/x/a.git' } } : {}),
  );
  assert.deepEqual(
    packages.filter(({ licence }) => isCompatible(licence)),
    [
      { name: '@x/mac', version: '1.0.0', licence: 'GPL-3.0-only', homepage: '' },
      { name: 'a', version: '1.0.0', licence: 'MIT', homepage: 'https://github.com/x/a' },
      { name: 'b', version: '2.0.0', licence: 'ISC', homepage: '' },
    ],
  );
  assert.equal(problems.length, 2);
  assert.match(problems.join('\n'), /closed@3\.0\.0: UNLICENSED[\s\S]*silent@4\.0\.0: no licence/);
  assert.match(renderList(packages), /\| a \| 1\.0\.0 \| MIT \| https:\/\/github\.com\/x\/a \|/);
});
