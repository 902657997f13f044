// The floors of ARCHITECTURE.md: imports go down only, siblings don't import each other,
// and a folder is entered through its index.ts.
const FLOORS = [
  ['kernel'],
  ['model'],
  ['config', 'policy', 'security', 'consensus', 'audit', 'jobs'],
  ['approvals', 'validators', 'incidents', 'compliance'],
  ['governor'],
  ['adapters', 'reports'],
  ['compose'],
  ['api'],
  ['gateway'],
  ['cli'],
];
const rules = [];
FLOORS.forEach((names, floor) => {
  const upper = FLOORS.slice(floor + 1).flat();
  for (const name of names) {
    const forbidden = [...upper, ...names.filter((n) => n !== name)];
    if (forbidden.length === 0) continue;
    rules.push({
      name: `floor-${name}`,
      comment: `src/${name} may import only from the floors below it`,
      severity: 'error',
      from: { path: `^src/${name}/`, pathNot: '\\.test\\.ts$' },
      to: { path: `^src/(${forbidden.join('|')})/` },
    });
  }
});
const PURE = [
  'kernel',
  'model',
  'config',
  'policy',
  'security',
  'consensus',
  'audit',
  'jobs',
  'approvals',
  'validators',
  'governor',
];
export default {
  forbidden: [
    ...rules,
    {
      name: 'pure-floors-do-no-io',
      comment: 'everything up to the governor does no I/O: files, processes and sockets come through ports',
      severity: 'error',
      from: { path: `^src/(${PURE.join('|')})/`, pathNot: '\\.test\\.ts$' },
      to: {
        path: '^(node:)?(fs|fs/promises|net|http|https|tls|child_process|dgram|worker_threads|timers|timers/promises|sqlite|os)$',
      },
    },
    {
      name: 'enter-through-index',
      comment: 'a folder is entered through its index.ts (model and kernel files may be imported one by one)',
      severity: 'error',
      from: { path: '^src/([^/]+)/', pathNot: '\\.test\\.ts$' },
      to: {
        path: '^src/(?!kernel/|model/)([^/]+)/.+',
        pathNot: ['^src/$1/', '/index\\.ts$', '^src/audit/proof/index\\.ts$'],
      },
    },
    {
      name: 'verifier-stands-alone',
      comment: 'what checks proofs imports nothing but kernel: whoever trusts nobody reads little',
      severity: 'error',
      from: { path: '^src/audit/proof/', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/(?!kernel/|audit/proof/)' },
    },
    {
      name: 'verify-program-imports-the-verifier-only',
      severity: 'error',
      from: { path: '^src/cli/(ggen-verify|proof-check)\\.ts$' },
      to: { path: '^src/(?!kernel/|audit/proof/|cli/proof-check)' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-dev-imports',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.(test|fixture)\\.ts$' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm-peer', 'npm-optional'] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types'] },
  },
};
