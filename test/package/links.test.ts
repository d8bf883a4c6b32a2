import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { anchorOf, pages, readPage, root } from './code-blocks/markdown';

const ALL = [...pages, 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', 'bench/README.md'];

const withoutCode = (text: string): string => text.replace(/^ *```[\s\S]*?^ *```$/gm, '');

/** The anchors of a page: of its headings, and those that it sets itself. */
const anchorsOf = (text: string): ReadonlySet<string> => {
  const anchors = new Set([...text.matchAll(/\bid="([^"]+)"/g)].map(([, id = '']) => id));
  const counts = new Map<string, number>();
  for (const [, heading = ''] of withoutCode(text).matchAll(/^#+ (.*)$/gm)) {
    const anchor = anchorOf(heading);
    const count = counts.get(anchor) ?? 0;
    anchors.add(count === 0 ? anchor : `${anchor}-${count}`);
    counts.set(anchor, count + 1);
  }
  return anchors;
};

/** Returns the links of a page to files or anchors of the project that do not exist. */
const deadLinksOf = (page: string, text = readPage(page)): readonly string[] =>
  [...withoutCode(text).matchAll(/\]\((?!\w+:)([^)\s]+)\)/g)].flatMap(([, link = '']) => {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : normalize(join(dirname(page), path));
    if (!existsSync(join(root, target))) return [link];
    if (anchor === undefined || !target.endsWith('.md')) return [];
    return anchorsOf(target === page ? text : readPage(target)).has(anchor) ? [] : [link];
  });

test.each(ALL)('the links of %s lead to files and headings that exist', (page) => {
  expect(deadLinksOf(page)).toEqual([]);
});

test('a dead link is found', () => {
  const text = '# A `b`: c\n[a](#a-b-c) [b](#d) [c](docs/none.md) [d](docs/plans.md#none) [e](docs/plans.md#size)';
  expect(deadLinksOf('README.md', text)).toEqual(['#d', 'docs/none.md', 'docs/plans.md#none']);
});
