import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const script = join(__dirname, '../../scripts/faults.mjs');
const PAGE = `# Operations

<!-- faults: written by \`npm run test:faults\` -->

An earlier result.

<!-- end of faults -->

## Soak
`;

const aRow = (topology: string, fault: string, facts: object = {}): object => ({
  topology,
  fault,
  requests: 2_000,
  unavailable: 300,
  wrongAccepts: 0,
  acceptsAfterLoss: 0,
  refusedLive: 0,
  lostLive: 0,
  doubleChains: 0,
  longestMs: 499.6,
  deadlineMs: 500,
  greenAfterMs: 470.2,
  heapGrowthBytes: 1_100_000,
  unhandled: 0,
  finishedAt: 0,
  ...facts,
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scopegate-faults-'));
  mkdirSync(join(folder, 'docs'));
  writeFileSync(join(folder, 'docs/operations.md'), PAGE);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs the script with a `jest` that keeps these rows and exits with this status. Returns the page that it leaves. */
const run = ({
  rows,
  args = [],
  status = 0,
}: {
  rows: readonly object[];
  args?: readonly string[];
  status?: number;
}) => {
  mkdirSync(join(folder, 'node_modules/.bin'), { recursive: true });
  const jest = `
    const { writeFileSync } = require('node:fs');
    if (process.env.SCOPEGATE_FAULTS !== 'full') throw new Error('not in the full form');
    ${JSON.stringify(rows)}.forEach((row, index) =>
      writeFileSync(process.env.SCOPEGATE_FAULTS_ROWS + '/' + index + '.json', JSON.stringify(row)));
    process.exitCode = ${status};`;
  writeFileSync(join(folder, 'node_modules/.bin/jest'), jest);
  const done = spawnSync(process.execPath, [script, ...args], { cwd: folder, encoding: 'utf8' });
  return { status: done.status, printed: done.stdout, page: readFileSync(join(folder, 'docs/operations.md'), 'utf8') };
};

/** The cells of the first line of a page that has this text. */
const cellsOf = (page: string, text: string): readonly string[] => {
  const line = page.split('\n').find((candidate) => candidate.includes(text)) ?? '';
  return line.split('|').map((cell) => cell.trim());
};

describe('the command for the fault suite', () => {
  it('writes one table for each topology into the page, in the order of the faults, with the versions', () => {
    const rows = [
      aRow('standalone, ioredis 6', 'the server is frozen', { finishedAt: 2 }),
      aRow('standalone, ioredis 6', 'the server is killed', { finishedAt: 1 }),
      aRow('Cluster, ioredis 5', 'a primary is killed'),
    ];
    const { status, page } = run({ rows });
    expect(status).toBe(0);
    expect(page).not.toContain('An earlier result.');
    expect(page).toContain(`Node ${process.versions.node}`);
    const lines = [
      '**Cluster, ioredis 5**',
      'a primary is killed',
      '**standalone, ioredis 6**',
      'is killed',
      'is frozen',
    ];
    const places = lines.map((text, index) => page.indexOf(text, index === 3 ? page.indexOf('**standalone') : 0));
    expect(places).toEqual([...places].sort((one, other) => one - other));
    expect(places[0]).toBeGreaterThan(0);
    expect(page.endsWith('## Soak\n')).toBe(true);
    const cells = ['the server is frozen', '2000', '300', '0', '0', '0', '0', '0', '500 (500)', '470', '1.0', '0'];
    expect(cellsOf(page, 'the server is frozen').slice(1, -1)).toEqual(cells);
  });

  it('states why Redis lost what it lost', () => {
    const loss = { acceptsAfterLoss: 81, loss: 'Redis is back at the snapshot' };
    const { page } = run({ rows: [aRow('standalone', 'a restart', loss)] });
    expect(cellsOf(page, 'a restart')[5]).toBe('81: Redis is back at the snapshot');
  });

  it('only prints the result of a part of the suite', () => {
    const { page, printed } = run({ rows: [aRow('standalone', 'the server is frozen')], args: ['-t', 'frozen'] });
    expect(page).toBe(PAGE);
    expect(printed).toContain('| the server is frozen |');
  });

  it('fails if a test fails, and writes the result nevertheless', () => {
    const { status, page } = run({ rows: [aRow('standalone', 'the server is frozen')], status: 1 });
    expect(status).toBe(1);
    expect(page).toContain('the server is frozen');
  });
});
