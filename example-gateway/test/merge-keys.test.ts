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

  it('takes a list of maps, of which the first that has a key wins, and the map itself before all', () => {
    const { options } = read(
      fileWith(
        '      - { <<: [*first, *second], path: /a }',
        'x-first: &first { path: /first, methods: [GET] }\nx-second: &second { methods: [PUT], scopes: [update] }\n',
      ).replace(/^(apis:[^]*?)\n(x-first[^]*)$/m, '$2$1\n'),
    );
    expect(options).toHaveProperty('apis.orders.resources.0', { path: '/a', methods: ['GET'], scopes: ['update'] });
  });

  it('is read in a map that is merged itself', () => {
    const templates = 'x-a: &a { methods: [GET] }\nx-b: &b { <<: *a, scopes: [read] }\n';
    const { options } = read(templates + fileWith('      - { <<: *b, path: / }'));
    expect(options).toHaveProperty('apis.orders.resources.0', { methods: ['GET'], scopes: ['read'], path: '/' });
  });

  it('takes a variable for what the key takes that it is merged into', () => {
    const templates =
      'x-user: &user { password: "${PASSWORD}" }\nx-times: &times { accessTokenLifetime: "${PASSWORD}" }\n';
    const { options } = read(
      `${templates}${fileWith('      - { path: /, methods: [GET] }', 'users: [{ <<: *user, username: ana }]\ntokens: { <<: *times }\n')}`,
      { PASSWORD: '4711' },
    );
    expect(options).toMatchObject({ users: [{ password: '4711' }], tokens: { accessTokenLifetime: 4711 } });
  });

  it('is read in an upstream of many APIs, more than a hundred times', () => {
    const apis = Array.from({ length: 150 }, (_, index) => `  a${index}: { <<: *api, context: /a${index} }`).join('\n');
    const { apis: mounted } = read(
      `x-api: &api { upstream: "http://127.0.0.1:9001", resources: [{ path: /, methods: [GET] }] }\napis:\n${apis}\n`,
    );
    expect(mounted).toHaveLength(150);
  });

  it('has its faults at the line of the map that it merges', async () => {
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
    expect(fault).toMatch(/^9:11: <<: must name a map, such as \*defaults, or a list of maps$/);
  });

  it('does not make a file grow without end', async () => {
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
