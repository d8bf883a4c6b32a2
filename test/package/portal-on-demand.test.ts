import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(__dirname, '../..');

/** Prints the modules of the portal and its pages that are loaded with the package, by a gate, and by its portal. */
const program = `
  const { sep } = require('node:path');
  const loaded = () =>
    Object.keys(require.cache)
      .map((file) => file.slice(${JSON.stringify(root)}.length + 1).split(sep).join('/'))
      .filter((file) => /^src\\/(?:portal|authorize|pages)\\//.test(file));
  const { scopegate } = require('./src/index.ts');
  const all = [loaded()];
  const logger = { info() {}, warn() {}, error() {} };
  const gate = scopegate({ issuer: 'https://api.example.com', scopes: { read: 'See orders' }, logger });
  gate.routes();
  gate.requireScope('read');
  all.push(loaded());
  gate.portal();
  all.push(loaded());
  gate.close().then(() => console.log(JSON.stringify(all)));
`;

it('the modules of the portal are loaded by the first gate.portal(), and not before', () => {
  const hook = join(root, 'scripts/load-typescript.cjs');
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--require', hook, '--eval', program], {
    cwd: root,
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
  const [byPackage, byGate, byPortal] = JSON.parse(stdout) as readonly (readonly string[])[];
  expect([byPackage, byGate]).toEqual([[], []]);
  expect(byPortal).toEqual(expect.arrayContaining(['src/portal/portals.ts', 'src/pages/html.ts']));
});
