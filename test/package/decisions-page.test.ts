import { anchorOf, readPage } from './code-blocks/markdown';

const page = readPage('docs/decisions.md');

const headings = [...page.matchAll(/^#{2,3} (\d.*)$/gm)].map(([, heading = '']) => heading);
const decisions = headings.filter((heading) => /^\d+\.\d+ /.test(heading));

const numberOf = (heading: string): string => heading.split(' ', 1)[0] ?? '';

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
