import { findOverlaps } from '../../src/access/overlaps';
import { parsePathTemplate, printTemplate } from '../../src/access/path-template';

type Line = readonly [method: string, path: string, rule: string];

/** Each overlap as the two paths, what both match, and in which way. */
const overlaps = (...lines: readonly Line[]) =>
  findOverlaps(
    lines.map(([methods, path, rule]) => ({ template: parsePathTemplate(path), methods: methods.split(' '), rule })),
  ).map(({ first, second, method, common, kind }) => [
    lines[first]?.[1],
    lines[second]?.[1],
    `${method} ${printTemplate(common)}`,
    kind,
  ]);

describe('findOverlaps', () => {
  it('reports two templates with different rules that one request can match', () => {
    expect(overlaps(['GET', '/:tenant/settings', 'admin'], ['GET', '/help/:page', 'public'])).toEqual([
      ['/:tenant/settings', '/help/:page', 'GET /help/settings', 'common'],
    ]);
    expect(overlaps(['GET', '/:id.json', 'a'], ['GET', '/x*'.replace('*', '/*'), 'b'])).toEqual([]);
    expect(overlaps(['GET', '/:a/:b', 'a'], ['GET', '/x/*', 'b'])).toEqual([['/:a/:b', '/x/*', 'GET /x/:b', 'common']]);
  });

  it('accepts overlapping templates if the paths that both match are declared', () => {
    const two: readonly Line[] = [
      ['GET', '/:tenant/settings', 'admin'],
      ['GET', '/help/:page', 'public'],
    ];
    expect(overlaps(...two, ['GET', '/help/settings', 'other'])).toEqual([]);
    expect(overlaps(...two, ['PUT', '/help/settings', 'other'])).toEqual([]);
  });

  it.each<readonly [string, readonly Line[]]>([
    [
      'a literal beside a parameter',
      [
        ['GET', '/export', 'a'],
        ['GET', '/:id', 'b'],
      ],
    ],
    [
      'a suffix beside a parameter',
      [
        ['GET', '/:id.json', 'a'],
        ['GET', '/:id', 'b'],
      ],
    ],
    [
      'a longer suffix beside a shorter one',
      [
        ['GET', '/:id.min.json', 'a'],
        ['GET', '/:id.json', 'b'],
      ],
    ],
    [
      'anything beside /*',
      [
        ['GET', '/:id', 'a'],
        ['GET', '/*', 'b'],
        ['GET', '/x/*', 'c'],
        ['GET', '/x', 'd'],
      ],
    ],
    [
      'equal rules',
      [
        ['GET', '/:a/x', 'a'],
        ['GET', '/y/:b', 'a'],
        ['GET', '/:z/x', 'a'],
        ['GET', '/:A/X', 'a'],
      ],
    ],
    [
      'other methods',
      [
        ['GET', '/:a/x', 'a'],
        ['PUT', '/y/:b', 'b'],
      ],
    ],
    [
      'other lengths',
      [
        ['GET', '/:a', 'a'],
        ['GET', '/:a/:b', 'b'],
      ],
    ],
    [
      'HEAD with a rule of its own',
      [
        ['GET', '/x', 'a'],
        ['HEAD', '/x', 'b'],
      ],
    ],
  ])('accepts %s', (_what, lines) => {
    expect(overlaps(...lines)).toEqual([]);
  });

  it('reports templates that differ only in their parameter names', () => {
    expect(overlaps(['GET PUT', '/:a', 'a'], ['PUT', '/:b', 'b'])).toEqual([['/:a', '/:b', 'PUT /:b', 'same']]);
  });

  it.each([
    ['/Users', '/users'],
    ['/users', '/users/'],
    ['/:id.json', '/:id.JSON'],
    ['/caf%C3%A9', '/cafe%CC%81'],
  ])('reports %s and %s, which many routers treat as one path', (one, other) => {
    expect(overlaps(['GET', one, 'a'], ['GET', other, 'b'])).toMatchObject([[one, other, expect.anything(), 'folded']]);
  });

  it('reports a HEAD rule beside the GET rule of a path that a router treats as the same', () => {
    expect(overlaps(['GET', '/x', 'a'], ['HEAD', '/x/', 'b'])).toMatchObject([['/x', '/x/', 'HEAD /x/', 'folded']]);
  });
});
