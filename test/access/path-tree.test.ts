import { foldSegment } from '../../src/access/folding';
import { PathTree } from '../../src/access/path-tree';
import { fastest } from '../support/time/timing';

/** A tree in which each template is declared for GET by its own text, and what a path finds in it. */
const treeOf = (...templates: readonly string[]) => {
  const tree = new PathTree<string>();
  for (const template of templates) tree.add(template, 'GET', template);
  const find = (path: string): string | undefined => tree.find(path)?.leaf.get('GET');
  return { tree, find, all: (...paths: readonly string[]) => paths.map(find) };
};

describe('PathTree', () => {
  it('prefers a literal, then a parameter with a suffix, then a parameter, and last a trailing /*', () => {
    const { all } = treeOf('/*', '/:id', '/:id.json', '/:id.min.json', '/export');
    expect(all('/export', '/1.min.json', '/1.json', '/1', '/1/2', '/')).toEqual([
      '/export',
      '/:id.min.json',
      '/:id.json',
      '/:id',
      '/*',
      '/*',
    ]);
  });

  it('gives a /* no path that a more specific template matches in another spelling of a literal', () => {
    const { all } = treeOf('/a/:p', '/a./*');
    expect(all('/a/x', '/a./x', '/a./x/y')).toEqual(['/a/:p', undefined, '/a./*']);
  });

  it('matches a path below a literal to the nearest /* above it', () => {
    const { all } = treeOf('/x/a', '/x/*');
    expect(all('/x/a', '/x/a/b', '/x/b/', '/x/', '/x')).toEqual(['/x/a', '/x/*', '/x/*', '/x/*', undefined]);
  });

  it.each([
    ...[
      '/EXPORT',
      '/Export',
      '/export.',
      '/export..',
      '/export%20',
      '/export%C2%A0',
      '/%EF%BD%85xport',
      '/ex%C2%ADport',
    ],
    ...['/EXPORT/lines', '/export/LINES', '/export/', '/x%E2%84%AAy', '/STRASSE'],
  ])('refuses %s, which equals a literal only if case, width or trailing characters are ignored', (path) => {
    const { find } = treeOf('/export', '/export/lines', '/xky', '/stra%C3%9Fe', '/:id', '/:id/:line', '/*');
    expect(find(path)).toBeUndefined();
  });

  it('refuses a suffix in a different spelling', () => {
    const { all } = treeOf('/:id.json', '/:id%3Acancel', '/:id');
    expect(all('/1.JSON', '/1.json.', '/1:CANCEL', '/1%3Acancel', '/1:cancel')).toEqual([
      ...[undefined, undefined, undefined, undefined],
      '/:id%3Acancel',
    ]);
    expect(all('/.json', '/1.jso')).toEqual(['/:id', '/:id']);
  });

  it('distinguishes a trailing slash, and refuses it if a router that is not strict would ignore it', () => {
    const { all } = treeOf('/users/', '/users/:id/', '/items', '/:any', '/:any/:more');
    expect(all('/users/', '/users/1/', '/items')).toEqual(['/users/', '/users/:id/', '/items']);
    expect(all('/users', '/users/1', '/items/', '/other/')).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('distinguishes literals that differ in case if both are declared', () => {
    const { all } = treeOf('/Users/:id', '/users/list', '/users/:id');
    expect(all('/Users/1', '/users/1', '/users/list', '/Users/list', '/USERS/1')).toEqual([
      ...['/Users/:id', '/users/:id', '/users/list'],
      ...[undefined, undefined],
    ]);
  });

  it('spells literals as declared if a router could match them as a parameter, and does not change parameters', () => {
    const { tree } = treeOf('/@me/caf%c3%a9/:id', '/%3Aid', '/:any');
    expect(tree.find('/%40me/caf%C3%A9/%40x')?.path).toBe('/@me/caf%c3%a9/%40x');
    expect(tree.find('/%3aid')?.path).toBe('/:id');
    expect(treeOf('/%3Aid').tree.find('/%3aid')?.path).toBe('/%3aid');
  });

  it('refuses a reserved path and everything below it, in any case', () => {
    const { tree, all } = treeOf('/:a/:b', '/*');
    tree.reserve('/archive');
    expect(all('/archive', '/archive/1', '/ARCHIVE/1', '/archives/1')).toEqual([
      ...[undefined, undefined, undefined],
      '/:a/:b',
    ]);
  });

  it('keeps the first of two equal declarations', () => {
    const tree = new PathTree<number>();
    tree.add('/:a', 'GET', 1);
    tree.add('/:b', 'GET', 2);
    tree.add('/:c', 'PUT', 3);
    expect([...(tree.find('/x')?.leaf ?? [])]).toEqual([
      ['GET', 1],
      ['PUT', 3],
    ]);
  });
});

describe('foldSegment', () => {
  it.each([
    ['Export', 'export'],
    ['EXPORT. .', 'export'],
    ['\uFF45xport', 'export'],
    ['ex\u00ADport\u200B', 'export'],
    ['Stra\u00DFe', 'strasse'],
    ['\u212Aelvin', 'kelvin'],
    ['e\u0301', '\u00E9'],
    ['...', ''],
    ['.a', '.a'],
    ['a-b_c~d', 'a-b_c~d'],
  ])('folds %j to %j', (text, folded) => {
    expect(foldSegment(text)).toBe(folded);
  });

  it('takes time linear in the length of the text, for any text', () => {
    for (const text of [`${'.'.repeat(16_000)}X`, `${' '.repeat(16_000)}X`, '.X'.repeat(8_000)]) {
      const once = fastest(() => encodeURIComponent(text));
      expect(fastest(() => foldSegment(text))).toBeLessThan(100 * once); // a quadratic pattern takes thousands
    }
  });
});
