/**
 * Who may import whom. The folder says the world its code runs in; docs/architecture.md has the reasons.
 * scripts/, bench/ and test/ may import anything. test/boundaries.test.ts proves that each rule bites.
 */
const test = '\\.test\\.ts$';

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'What imports itself in a circle cannot be read from top to bottom.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'app-is-pure',
      comment: 'app/ runs everywhere: it imports itself, zod, and what states the contract.',
      severity: 'error',
      from: { path: '^app/', pathNot: test },
      to: { pathNot: '^app/|^node_modules/(zod|@orpc/contract)/' },
    },
    {
      name: 'app-tests-stay-in-app',
      severity: 'error',
      from: { path: `^app/.*${test}` },
      to: { path: '^(main|renderer|native-models)/' },
    },
    {
      name: 'engine-knows-only-ports',
      comment:
        'The engine names interfaces, and main/compose.ts brings the things behind them. main/speech is arithmetic on sound, without a choice to make.',
      severity: 'error',
      from: { path: '^main/engine/' },
      to: { path: '^(main|native-models|renderer)/', pathNot: '^main/(engine|speech|pixels)/' },
    },
    {
      name: 'render-composes-frames',
      comment: 'main/render is the composition root of the drawing thread: the stage and the faces, nothing else.',
      severity: 'error',
      from: { path: '^main/render/' },
      to: { path: '^main/', pathNot: '^main/(render|stage|providers/lipsync|engine/ports|pixels)/' },
    },
    {
      name: 'areas-are-no-siblings',
      comment:
        'An area of main/ sees app/, the ports, the pixel kernels, whole files and the way out of the network, never another area. main/export and main/live are no areas: they lead a project through all of them; main/compose is of the composition root; nor are the studio, its preview and its hosts, which are built of them.',
      severity: 'error',
      from: {
        path: '^main/([^/]+)/',
        pathNot:
          '^main/(engine|render|export|headless|electron|rpc|studio|preview|engine-process|live|compose|broadcast/testing)/',
      },
      to: { path: '^main/', pathNot: '^main/($1|engine/ports|pixels|files|net)/' },
    },
    {
      name: 'only-broadcast-is-a-media-server',
      comment: 'One instance a process, with its own logging: it lives in the process of the hub.',
      severity: 'error',
      from: { pathNot: '^main/broadcast/(hub|testing)/' },
      to: { path: '^node_modules/node-media-server/' },
    },
    {
      name: 'studio-knows-no-transport',
      comment: 'The studio as services: whoever carries calls to it, and whoever hosts it, comes from outside.',
      severity: 'error',
      from: { path: '^main/(studio|preview)/', pathNot: test },
      to: { path: '^main/(rpc|engine-process|headless|electron)/|^node_modules/(ws|@orpc/(server|client))/' },
    },
    {
      name: 'preview-is-below-the-studio',
      severity: 'error',
      from: { path: '^main/preview/', pathNot: test },
      to: { path: '^main/studio/', pathNot: '^main/studio/wire-error' },
    },
    {
      name: 'rpc-has-no-logic',
      comment: 'Names, checks and errors: the contract on one side, the services on the other.',
      severity: 'error',
      from: { path: '^main/rpc/' },
      to: { path: '^main/', pathNot: '^main/(rpc|studio)/' },
    },
    {
      name: 'engine-process-knows-no-host',
      comment: 'The same engine stands behind the web host and behind the desktop shell.',
      severity: 'error',
      from: { path: '^main/(rpc|engine-process)/', pathNot: test },
      to: { path: '^main/(headless|electron)/' },
    },
    {
      name: 'providers-are-no-siblings',
      comment: 'A provider sees its own folder and the kit.',
      severity: 'error',
      from: { path: '^main/providers/([^/]+)/' },
      to: { path: '^main/providers/', pathNot: '^main/providers/($1|kit)/' },
    },
    {
      name: 'only-the-shell-is-electron',
      comment: 'The studio starts under plain Node.',
      severity: 'error',
      from: { pathNot: '^(main|test)/electron/' },
      to: { path: '^(node_modules/electron/|electron$)' },
    },
    {
      name: 'nobody-imports-the-shell',
      severity: 'error',
      from: { pathNot: '^(main/electron|scripts|bench|test)/' },
      to: { path: '^main/electron/' },
    },
    {
      name: 'renderer-is-a-browser',
      comment: 'The interface is the same in Electron and in a browser: no Node, no studio.',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { path: '^(main|native-models)/' },
    },
    {
      name: 'renderer-has-no-node',
      severity: 'error',
      from: { path: '^renderer/', pathNot: test },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'models-are-leaves',
      comment: 'native-models/ sees app/ and model runtimes.',
      severity: 'error',
      from: { path: '^native-models/' },
      to: { path: '^(main|renderer)/' },
    },
    {
      name: 'product-needs-no-tooling',
      severity: 'error',
      from: { path: '^(app|main|native-models|renderer)/', pathNot: test },
      to: { path: '^(scripts|bench|test)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(main/pixels/assembly|renderer/dist)/' },
    tsPreCompilationDeps: true,
    parser: 'tsc',
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
