import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PAGES } from '../../src/portal/routes';

const root = join(__dirname, '../..');

const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');

const isPage = (value: unknown): value is (typeof PAGES)[number] =>
  typeof value === 'object' && value !== null && 'path' in value && 'for' in value && 'show' in value;

describe('an addition that the compiler cannot miss', () => {
  const files = readdirSync(join(root, 'src/portal/pages'));
  const pages = files.flatMap((file) =>
    Object.values(require(join(root, 'src/portal/pages', file)) as object)
      .filter(isPage)
      .map((page) => ({ file, page })),
  );

  it('is found in the files of pages: as many as the portal has', () => {
    expect(pages).toHaveLength(PAGES.length);
  });

  it.each(pages)('is listed if it is a page: $file', ({ page }) => {
    expect(PAGES).toContain(page);
  });

  const events = [...textOf('src/events/gate-events.ts').matchAll(/^export interface (\w+Event) /gm)].map(
    ([, name = '']) => name,
  );

  it('is found among the events: more than five', () => {
    expect(events.length).toBeGreaterThan(5);
  });

  it.each(events)('is a public name if it is an event: %s', (name) => {
    expect(textOf('src/index.ts')).toMatch(new RegExp(`^  ${name},$`, 'm'));
  });

  const stores = readdirSync(join(root, 'src/stores')).filter((name) =>
    existsSync(join(root, 'src/stores', name, 'backend.ts')),
  );

  it('is found among the stores: memory and Redis at least', () => {
    expect(stores).toEqual(expect.arrayContaining(['memory', 'redis']));
  });

  it.each(stores)('has the contract suites run over it if it is a store: %s', (name) => {
    expect(textOf('test/support/stores/backends.ts')).toContain(`src/stores/${name}/backend'`);
  });
});
