import { faultsOf, read } from './support/faults';

const fileWith = (resources: string, rest = ''): string => `
listen: { host: 127.0.0.1, port: 0 }
scopes: { read: See, update: Change }
apis:
  orders:
    upstream: http://127.0.0.1:9001
    resources:
${resources}
${rest}`;

describe('a merge key', () => {
  it('adds the entries of an anchored map', () => {
    const { options } = read(
      fileWith('      - &base { path: /, methods: [GET], scopes: [read] }\n      - { <<: *base, path: /:id }'),
    );
    expect(options).toHaveProperty('apis.orders.resources.1', { path: '/:id', methods: ['GET'], scopes: ['read'] });
  });

  it('takes a list of maps, in which earlier maps take precedence, and the map itself precedes all of them', () => {
    const { options } = read(
      fileWith(
        '      - { <<: [*first, *second], path: /a }',
        'x-first: &first { path: /first, methods: [GET] }\nx-second: &second { methods: [PUT], scopes: [update] }\n',
      ).replace(/^(apis:[^]*?)\n(x-first[^]*)$/m, '$2$1\n'),
    );
    expect(options).toHaveProperty('apis.orders.resources.0', { path: '/a', methods: ['GET'], scopes: ['update'] });
  });

  it('may occur in a map that is itself merged', () => {
    const templates = 'x-a: &a { methods: [GET] }\nx-b: &b { <<: *a, scopes: [read] }\n';
    const { options } = read(templates + fileWith('      - { <<: *b, path: / }'));
    expect(options).toHaveProperty('apis.orders.resources.0', { methods: ['GET'], scopes: ['read'], path: '/' });
  });

  it('parses a variable by the type of the key into which it is merged', () => {
    const templates =
      'x-user: &user { password: "${PASSWORD}" }\nx-times: &times { accessTokenLifetime: "${PASSWORD}" }\n';
    const { options } = read(
      `${templates}${fileWith('      - { path: /, methods: [GET] }', 'users: [{ <<: *user, username: ana }]\ntokens: { <<: *times }\n')}`,
      { PASSWORD: '4711' },
    );
    expect(options).toMatchObject({ users: [{ password: '4711' }], tokens: { accessTokenLifetime: 4711 } });
  });

  it('may occur in the upstreams of more than a hundred APIs', () => {
    const apis = Array.from({ length: 150 }, (_, index) => `  a${index}: { <<: *api, context: /a${index} }`).join('\n');
    const { apis: mounted } = read(
      `x-api: &api { upstream: "http://127.0.0.1:9001", resources: [{ path: /, methods: [GET] }] }\napis:\n${apis}\n`,
    );
    expect(mounted).toHaveLength(150);
  });

  it('has its faults reported at the line of the merged map', async () => {
    const faults = await faultsOf(
      `x-base: &base\n  methods: [GET]\n  scopes: [reed]\n${fileWith('      - { <<: *base, path: / }')}`,
    );
    expect(faults).toEqual(['3:12: apis.orders.resources[0].scopes[0]: is "reed"; did you mean "read"?']);
  });

  it.each([
    ['a text', '{ <<: text, path: / }'],
    ['a list of texts', '{ <<: [text], path: / }'],
    ['an alias of a list', '{ <<: *list, path: / }'],
  ])('is a fault when it names %s', async (_, resource) => {
    const [fault] = await faultsOf(`x-list: &list [GET]\n${fileWith(`      - ${resource}`)}`);
    expect(fault).toMatch(/^9:11: <<: must be a map, such as \*defaults, or a list of maps$/);
  });

  it('cannot make a file expand without bound', async () => {
    const maps = Array.from({ length: 40 }, (_, index) =>
      index === 0
        ? 'm0: &m0 { a: 1 }'
        : `m${index}: &m${index} { <<: [*m${index - 1}, *m${index - 1}], k${index}: *m${index - 1} }`,
    );
    const began = performance.now();
    expect((await faultsOf(`${maps.join('\n')}\n`)).length).toBeGreaterThan(0);
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});
