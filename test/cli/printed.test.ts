import { printJson } from '../../src/cli/printed-json';
import { printTable } from '../../src/cli/printed-table';

const NAME = 'a\u001B[31m\u009B2J\u202Eb\u{E0001}c';

describe('what the command prints', () => {
  it('has no character that a terminal would interpret, in a table', () => {
    expect(printTable(['NAME'], [[NAME]])).toMatch(/^NAME\na[^\p{C}]*b[^\p{C}]*c$/u);
  });

  it('has none in JSON either, which is read as the same text', () => {
    const printed = printJson({ name: NAME });
    expect(printed.replaceAll('\n', '')).not.toMatch(/\p{C}/u);
    expect(JSON.parse(printed)).toEqual({ name: NAME });
  });

  it('may be a table with more rows than a function may have arguments', () => {
    const rows = Array.from({ length: 300_000 }, () => ['x']);
    expect(printTable(['NAME'], rows)).toHaveLength('NAME'.length + 2 * rows.length);
  });
});
