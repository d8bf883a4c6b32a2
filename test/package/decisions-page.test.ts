import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const page = readFileSync(join(__dirname, '../../docs/decisions.md'), 'utf8');

const headings = [...page.matchAll(/^#{2,3} (\d.*)$/gm)].map(([, heading = '']) => heading);
const decisions = headings.filter((heading) => /^\d+\.\d+ /.test(heading));

const numberOf = (heading: string): string => heading.split(' ', 1)[0] ?? '';

/** Returns the anchor that GitHub gives to a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\w -]/g, '')
    .replaceAll(' ', '-');

describe('the page of design decisions', () => {
  it('lists every decision in its contents, with a link', () => {
    const listed = [...page.matchAll(/^ *- \[(\d.*)\]\(#(.+)\)$/gm)].map(([, heading, anchor]) => [heading, anchor]);
    expect(listed).toEqual(headings.map((heading) => [heading, anchorOf(heading)]));
  });

  it('numbers the decisions of each section from 1, without a gap or a repeat', () => {
    const counts = new Map<string, number>();
    for (const decision of decisions) {
      const [section = '', number] = numberOf(decision).split('.');
      const next = (counts.get(section) ?? 0) + 1;
      expect(`${decision}: ${number}`).toBe(`${decision}: ${next}`);
      counts.set(section, next);
    }
    expect(counts.size).toBeGreaterThan(8);
  });

  it('states every decision first', () => {
    const silent = decisions.filter((decision) => !page.includes(`### ${decision}\n\n**Decided:** `));
    expect(silent).toEqual([]);
  });
});
