/** Who may import whom. A process never reaches into another process's folder; src/lib knows nothing of ours. */
const rows = [
  {
    from: 'page',
    may: [
      'page',
      'lib',
      'protocol/(page-gateway|sealed-answer|seal-answer|problems|ids|gateway-session|broker-leader|codec|socket-hello)',
    ],
  },
  { from: 'gateway', may: ['gateway', 'kinds', 'launcher', 'protocol', 'config', 'lib'] },
  { from: 'broker', may: ['broker', 'kinds', 'launcher', 'protocol', 'config', 'lib'] },
  { from: 'cli', may: ['cli', 'kinds', 'launcher', 'protocol', 'config', 'lib'] },
  { from: 'launcher', may: ['launcher', 'protocol', 'lib'] },
  { from: 'config', may: ['config', 'protocol', 'lib'] },
  { from: 'protocol', may: ['protocol', 'kinds', 'lib'] },
  { from: 'kinds', may: ['kinds'] },
  { from: 'lib', may: ['lib'] },
];

module.exports = {
  forbidden: [
    ...rows.map(({ from, may }) => ({
      name: `${from}-imports`,
      severity: 'error',
      from: { path: `^src/${from}/`, pathNot: '\\.test\\.ts$' },
      to: { path: '^src/', pathNot: may.map((folder) => `^src/${folder}(/|\\.ts$)`) },
    })),
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-circular-folders',
      comment:
        'what a folder needs lies below it, so that it can be read, and changed, without what uses it',
      severity: 'error',
      scope: 'folder',
      from: { path: '^src' },
      to: { circular: true },
    },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'not-to-dev-dependency',
      comment:
        'services and CLI run what is installed; only pages are bundled from devDependencies',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/page/', '\\.test\\.ts$'] },
      to: { dependencyTypes: ['npm-dev'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Nothing imports a test: it is in no circle, but would make one of folders by what it reaches for.
    exclude: { path: '\\.test\\.ts$' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types'],
    },
  },
};
