import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { anchorOf, pages, readPage, root } from './code-blocks/markdown';

const linked = [...pages, 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md', 'bench/README.md'];

/** Returns the anchors of a page: of its headings, of which a repeated one has a number, and of its HTML. */
const anchorsIn = (page: string): ReadonlySet<string> => {
  const text = readPage(page).replace(/^```.*?^```$/gms, '');
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));
  const counts = new Map<string, number>();
  const numbered = headings.map((anchor) => {
    const count = counts.get(anchor) ?? 0;
    counts.set(anchor, count + 1);
    return count === 0 ? anchor : `${anchor}-${count}`;
  });
  return new Set([...numbered, ...[...text.matchAll(/<a (?:id|name)="([^"]+)"/g)].map(([, name = '']) => name)]);
};

/** Returns the links of a page that lead to no file, or to no heading of a page. */
const brokenLinksIn = (page: string): readonly string[] =>
  [...readPage(page).matchAll(/\]\(([^()\s:]+)\)/g)].flatMap(([, link = '']) => {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : normalize(join(dirname(page), path));
    if (!existsSync(join(root, target))) return [link];
    const isFound = anchor === undefined || !target.endsWith('.md') || anchorsIn(target).has(anchor);
    return isFound ? [] : [link];
  });

it.each(linked)('every link of %s leads to a file, and to a heading in it', (page) => {
  expect(brokenLinksIn(page)).toEqual([]);
});
