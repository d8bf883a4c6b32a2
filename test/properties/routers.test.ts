import type { RequestHandler } from 'express';
import fc from 'fast-check';
import { ConfigurationError, scopegate } from 'scopegate';
import { foldSegment } from '../../src/access/folding';
import { expressRouters } from '../support/http/express-routers';
import { recordedLogger } from '../support/gate/gate';
import { forAllCases, PROPERTY_TIMEOUT_MS } from '../support/properties/property-runs';

jest.setTimeout(PROPERTY_TIMEOUT_MS);

const SCOPES = ['s0', 's1', 's2'] as const;
type S = (typeof SCOPES)[number];
/** The requirement of a resource: nothing, any token, or a scope. */
type Rule = 'public' | 'token' | S;

interface Declared {
  readonly path: string;
  readonly method: 'GET' | 'PUT' | 'HEAD';
  readonly rule: Rule;
}

const oneOf = <const T extends string>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

const literal = oneOf(
  ...['a', 'b', 'A', 'export', 'Export', 'a.', 'caf%C3%A9', 'CAF%C3%89', '@me', 'x:go', '~u', '%3Aid', 'a%20b', 'ss'],
);
const segment = fc.oneof(
  { weight: 5, arbitrary: literal },
  { weight: 4, arbitrary: oneOf(':p', ':q') },
  { weight: 2, arbitrary: oneOf(':p.json', ':q.min.json', ':p.JSON', ':p%3Ago', ':p@x') },
);
const template = fc
  .tuple(fc.array(segment, { maxLength: 2 }), oneOf('', '', '', '', '/', '/*'))
  .map(([segments, end]) => (segments.length === 0 ? (end === '/*' ? '/*' : '/') : `/${segments.join('/')}${end}`));
const declared: fc.Arbitrary<Declared> = fc.record({
  path: template,
  method: oneOf('GET', 'GET', 'GET', 'PUT', 'HEAD'),
  rule: oneOf('public', 'token', 's0', 's1', 's2'),
});

const VALUES = [
  ...['1', 'x', 'a', 'A', 'b', 'B', 'a.', 'a..', 'A.', 'a%20', 'a%2E', 'export', 'EXPORT', 'Export.', 'export%20'],
  ...[
    'export%C2%A0',
    'ex%C2%ADport',
    '%EF%BD%85xport',
    'a.json',
    'a.JSON',
    'A.min.json',
    '.json',
    'a.json.',
    'a%2Ejson',
  ],
  ...[
    'caf%c3%a9',
    'caf%C3%A9',
    'cafe%CC%81',
    'CAF%C3%89',
    '@me',
    '%40me',
    '@ME',
    'x:go',
    'x%3Ago',
    'X:GO',
    '~u',
    '%7Eu',
  ],
  ...['%7eU', ':id', '%3Aid', ':ID', 'a%20b', 'A%20b', 'v@x', 'v%40x', '%C3%9F', 'SS', '%61', '%2e', 'a%2Fb', 'a%00'],
] as const;

/** Other spellings of a literal that some router, file system or upstream takes for the same. */
const respelt = (text: string): readonly string[] => [
  text.toUpperCase(),
  text.toLowerCase(),
  text.replace(/^[a-z]/, (first) => first.toUpperCase()),
  ...['.', '%20', '%C2%A0', '.json', '%2E'].map((end) => text + end),
  text.replace('@', '%40').replace('~', '%7E').replace(':', '%3a'),
];

/** A segment of a request: often another spelling of a literal that is declared. */
const valueFor = (paths: readonly string[]): fc.Arbitrary<string> => {
  const literals = paths.flatMap((path) => path.split('/')).filter((written) => /^[^:*]/.test(written));
  const any = oneOf(...VALUES);
  return literals.length === 0
    ? any
    : fc.oneof(any, fc.constantFrom(...literals.map((text) => text.replace('%3A', ':')).flatMap(respelt)));
};

const FRESH = 'v9';

/** A path that a template might match: its literals as they are, or something else in their place. */
const pathLike = (path: string, value: fc.Arbitrary<string>): fc.Arbitrary<string> => {
  const segments = path.split('/').filter((written) => written !== '');
  const parts = segments.map((written) => {
    if (written === '*') return fc.array(value, { maxLength: 2 }).map((more) => more.join('/'));
    if (!written.startsWith(':')) return fc.oneof(fc.constant(written.replace('%3A', ':')), value);
    const suffix = written.replace(/^:\w+/, '').replace('%3A', ':');
    return fc.oneof(
      value.map((text) => text + suffix),
      value.map((text) => text + suffix.toUpperCase()),
      value,
    );
  });
  return fc
    .tuple(fc.tuple(...parts), oneOf('', '', '/'))
    .map(([written, end]) => `/${written.join('/')}${end}`.replaceAll(/\/+/g, '/'));
};

/** A path that a template certainly matches, and that no other one matches by a literal or a suffix of its own. */
const exactPath = (path: string): string =>
  path
    .split('/')
    .map((written) => {
      if (written === '*') return FRESH;
      return written.startsWith(':')
        ? written.replace(/^:\w+/, FRESH).replace('%3A', ':')
        : written.replace('%3A', ':');
    })
    .join('/');

const problem = fc
  .uniqueArray(declared, { minLength: 1, maxLength: 5, selector: ({ path, method }) => `${method} ${path}` })
  .chain((resources) =>
    fc.record({
      resources: fc.constant(resources),
      requests: fc.array(
        fc.record({
          method: oneOf('GET', 'GET', 'PUT', 'HEAD'),
          path: fc.oneof(
            ...resources.map(({ path }, _index, all) => pathLike(path, valueFor(all.map((one) => one.path)))),
          ),
          query: oneOf('', '', '?a=/b%61'),
        }),
        { minLength: 10, maxLength: 30 },
      ),
    }),
  );

const accessOf = (rule: Rule): { readonly public?: true; readonly scopes?: readonly S[] } => {
  if (rule === 'public') return { public: true };
  return rule === 'token' ? {} : { scopes: [rule] };
};

/** A gate for the resources; `undefined` where it refuses to start. */
const gateFor = (resources: readonly Declared[]) => {
  try {
    return scopegate({
      issuer: 'http://127.0.0.1',
      scopes: { s0: '0', s1: '1', s2: '2' },
      users: [],
      applications: [
        { name: 'A', consumerKey: 'key', consumerSecret: 'secret', subscriptions: ['x'], scopes: [...SCOPES] },
      ],
      apis: {
        x: { resources: resources.map(({ path, method, rule }) => ({ path, methods: [method], ...accessOf(rule) })) },
      },
      logger: recordedLogger().logger,
    });
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined;
    throw error;
  }
};

interface Sent {
  readonly method: string;
  readonly url: string;
  readonly token?: string;
}

/** Runs a guard on its own: the URL that it passes on, or the status of its refusal. */
const run = (guard: RequestHandler, { method, url, token }: Sent): Promise<string | number> =>
  new Promise((resolve) => {
    const rawHeaders = token === undefined ? [] : ['Authorization', `Bearer ${token}`];
    const request = { method, url, originalUrl: url, baseUrl: '', rawHeaders };
    const response = {
      statusCode: 200,
      setHeader: () => undefined,
      end: () => resolve(response.statusCode),
      destroy: () => resolve('destroyed'),
    };
    void guard(request as never, response as never, () => resolve(request.url));
  });

const isMet = (rule: Rule, scope: S | 'none' | undefined): boolean =>
  rule === 'public' || (rule === 'token' ? scope !== undefined : scope === rule);

/**
 * Checks whether a literal is declared in two spellings that fold to the same text. A `/*` may then be hidden: beside
 * `/a/:p`, a router that ignores the dot runs the handler of `/a/:p` for `/a./x`, so `/a./*` does not get that path.
 */
const hasTwoSpellings = (resources: readonly { readonly path: string }[]): boolean => {
  const literals = new Set(
    resources.flatMap(({ path }) => path.split('/').filter((text) => text !== '' && !text.includes(':'))),
  );
  return new Set([...literals].map((text) => foldSegment(decodeURIComponent(text)))).size < literals.size;
};

const counts = { accepted: 0, refused: 0, passed: 0, routed: 0 };

it('a guard passes no request on to a router whose handler has another rule than the one it checked', async () => {
  await forAllCases('routers', problem, async ({ resources, requests }) => {
    const gate = gateFor(resources);
    if (gate === undefined) {
      counts.refused += 1;
      return;
    }
    counts.accepted += 1;
    const guard = gate.api('x');
    const routers = expressRouters(resources);
    const tokens = await Promise.all(
      SCOPES.map(async (scope) => {
        const { accessToken } = await gate.tokens.issue({ clientId: 'key', scopes: [scope] });
        return [scope, accessToken] as const;
      }),
    );
    for (const { method, path, query } of requests) {
      for (const [scope, token] of [[undefined, undefined], ...tokens] as const) {
        const url = await run(guard, { method, url: path + query, ...(token === undefined ? {} : { token }) });
        if (typeof url === 'number') continue;
        counts.passed += 1;
        for (const router of routers) {
          const handler = router.reached(method, url);
          counts.routed += 1;
          if (handler === undefined || isMet(handler.rule, scope)) continue;
          const asked = `${method} ${path} with ${scope ?? 'no token'}`;
          throw new Error(`${asked} reached ${handler.method} ${handler.path} (${handler.rule}) in ${router.name}`);
        }
      }
    }
    // A path that a router which ignores the slash at the end could give to another template is refused.
    const slashes = new Set(resources.map(({ path }) => path !== '/' && path.endsWith('/')));
    const reachable = hasTwoSpellings(resources) ? resources.filter(({ path }) => !path.endsWith('/*')) : resources;
    for (const { path, method } of slashes.size === 1 ? reachable : []) {
      expect([method, path, await run(guard, { method, url: exactPath(path) })]).not.toContain(404);
    }
    await gate.close();
  });
});

afterAll(() => {
  if (process.env['SCOPEGATE_PROPERTY_RUNS'] !== undefined) console.info('routers:', counts);
});
