import { parametersOf, parsePathTemplate, printTemplate, readPathTemplate } from '../../src/access/path-template';

const problemOf = (path: string): string | undefined => {
  const read = readPathTemplate(path);
  return 'problem' in read ? read.problem : undefined;
};

const printed = (path: string): string | undefined => {
  const read = readPathTemplate(path);
  return 'template' in read ? printTemplate(read.template) : undefined;
};

describe('readPathTemplate', () => {
  it('decodes the escapes that a guard decodes in a request', () => {
    expect([printed('/%7Eana'), printed('/:id%2Ejson')]).toEqual(['/~ana', '/:id.json']);
  });

  it.each([
    ...['/', '/orders', '/orders/', '/:id', '/:id/', '/:id/lines/:line', '/:id.json', '/:id%3Acancel', '/:id-x'],
    ...['/items:batchGet', '/*', '/x/*', '/:id/*', '/%3Aid', '/caf%C3%A9', '/%2A', '/@me', '/a.b', '/__proto__'],
  ])('parses %s and prints it unchanged', (path) => {
    expect([problemOf(path), printed(path)]).toEqual([undefined, path]);
  });

  it.each([
    ['', /begin with a slash/],
    ['orders', /begin with a slash/],
    ['*', /begin with a slash/],
    ['/{id}', /has "\{id\}": write :id for a parameter/],
    ['/{order-id}.json', /write :name for a parameter/],
    ['/a*', /has "a\*": a \* stands for everything below, alone in the last segment; write %2A/],
    ['/*/x', /has "\*": a \* stands for everything below/],
    ['/**', /has "\*\*": a \* stands for everything below|has "\*"/],
    ['/:from-:to', /has ":from-:to": a parameter is a whole segment, or has a suffix/],
    ['/:', /a parameter is a whole segment/],
    ['/:2nd', /a parameter is a whole segment/],
    ['/:id.', /a parameter is a whole segment/],
    ['/a//b', /is not canonical/],
    ['/a/../b', /is not canonical/],
    ['/%61', /is not canonical/],
    ['/a?b', /is not canonical/],
    ['/a b', /is not canonical/],
    ['/a;b', /is not canonical/],
  ])('refuses %p with the reason', (path, problem) => {
    expect(problemOf(path)).toMatch(problem);
  });
});

describe('parametersOf', () => {
  it.each([
    ['/', '/', {}],
    ['/orders/:id', '/orders/7', { id: '7' }],
    ['/:id/lines/:line', '/a%20b/lines/caf%C3%A9', { id: 'a b', line: 'café' }],
    ['/:id.json', '/7.json', { id: '7' }],
    ['/files/:folder/*', '/files/a/b/c', { folder: 'a' }],
  ])('reads the parameters of %s from %s', (template, path, values) => {
    expect(parametersOf(parsePathTemplate(template), path)).toEqual(values);
  });
});
