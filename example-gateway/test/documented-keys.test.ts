import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { faultsOf } from './support/faults';

const README = readFileSync(join(__dirname, '../README.md'), 'utf8');

/** The rows of the tables whose first cell matches. */
const rowsOf = (key: RegExp): string =>
  README.split('\n')
    .filter((line) => line.startsWith('| ') && key.test(line.split('|')[1] ?? ''))
    .join('\n');

/** The keys that a map of the gateway file may have, from the message about an unknown one. */
const knownKeys = async (file: string): Promise<readonly string[]> => {
  const known = (await faultsOf(file)).map((fault) => /known are (.*)$/.exec(fault)?.[1]).find((keys) => keys);
  return known?.split(', ') ?? [];
};

const RESOURCES = 'resources: [{ path: /, methods: [GET] }]';

describe('the tables of the README', () => {
  it.each([
    [
      'a portal',
      `portal: { path: /store, zzzzzzzzzzzz: 1 }\napis: { o: { upstream: demo:orders, ${RESOURCES} } }`,
      /^ `portal`/,
    ],
    ['an API', `apis: { o: { upstream: demo:orders, zzzzzzzzzzzz: 1, ${RESOURCES} } }`, /^ `apis/],
    ['a resource', `apis: { o: { upstream: demo:orders, resources: [{ path: /, zzzzzzzzzzzz: 1 }] } }`, /resources/],
    ['the file', `zzzzzzzzzzzz: 1\napis: { o: { upstream: demo:orders, ${RESOURCES} } }`, /./],
  ])('name every key of %s', async (_name, file, key) => {
    const rows = rowsOf(key);
    const keys = await knownKeys(file);
    expect(keys.length).toBeGreaterThan(5);
    expect(keys.filter((known) => !new RegExp(`[\`{ .]${known}[\`:, ]`).test(rows))).toEqual([]);
  });
});
