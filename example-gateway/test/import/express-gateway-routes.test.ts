import fc from 'fast-check';
import { assertProperty } from '../../../test/support/properties/property-runs';
import { importText, type Imported } from './support/imported';
import { configurationText, expressGatewayModel, type ModelConfiguration } from './support/express-gateway-model';
import { importedModel } from './support/imported-model';

const literal = fc.constantFrom('a', 'b', 'c');
const segment = fc.oneof({ weight: 4, arbitrary: literal }, { weight: 2, arbitrary: fc.constantFrom(':x', ':y') });
const path = fc
  .tuple(literal, fc.array(segment, { maxLength: 3 }), fc.constantFrom('', '', '/*'))
  .map(([first, rest, end]) => `/${[first, ...rest].join('/')}${end}`);

const pipeline = fc.record({
  url: fc.constantFrom('http://one.internal', 'http://one.internal/base', 'http://two.internal/'),
  stripPath: fc.boolean(),
  ignorePath: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  policy: fc.constantFrom(undefined, 'oauth2', 'key-auth'),
});

const endpoint = fc.record({
  paths: fc.uniqueArray(path, { minLength: 1, maxLength: 3 }),
  methods: fc.constantFrom(undefined, ['GET'], ['POST'], ['GET', 'POST']),
  scopes: fc.uniqueArray(fc.constantFrom('read', 'write'), { maxLength: 2 }),
  pipeline: fc.constantFrom('p', 'q'),
});

const configuration: fc.Arbitrary<ModelConfiguration> = fc.record({
  endpoints: fc
    .array(endpoint, { minLength: 1, maxLength: 4 })
    .map((all) => Object.fromEntries(all.map((one, index) => [`e${index}`, one]))),
  pipelines: fc.record({ p: pipeline, q: pipeline }),
});

const request = fc.record({
  method: fc.constantFrom('GET', 'POST', 'DELETE'),
  path: fc
    .tuple(
      fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 5 }),
      fc.constantFrom('', '', '', '/'),
    )
    .map(([segments, end]) => `/${segments.join('/')}${end}`),
});

/** Reports that announce that a path is not served, or that another API serves it. */
const LESS = /was left out|were left out|are answered by the API|Only exact|one segment here/;

const announcesLess = ({ gaps }: Imported): boolean =>
  gaps.some(({ problem, instead }) => LESS.test(`${problem} ${instead}`));

const announcesOneRule = ({ gaps }: Imported): boolean =>
  gaps.some(({ problem }) => problem.includes('have different rules there, and one rule here'));

/** Checks whether every request that meets one rule meets the other. */
const isStricter = (one: string, other: string): boolean =>
  other === 'public' ||
  (one !== 'public' &&
    other
      .trim()
      .split(' ')
      .every((word) => one.split(' ').includes(word)));

describe('the routes of an imported Express Gateway', () => {
  it('never reach another path of an upstream, and never with another protection', () => {
    let compared = 0;
    assertProperty(
      fc.property(configuration, fc.array(request, { minLength: 20, maxLength: 20 }), (source, requests) => {
        const imported = importText(configurationText(source));
        expect(imported.faults).toEqual([]);
        const [before, after] = [expressGatewayModel(source), importedModel(imported.file)];
        for (const { method, path: target } of requests) {
          const [old, now] = [before(method, target), after(method, target)];
          if (now === undefined) {
            // Paths with a slash at the end are other paths here.
            if (old !== undefined && !target.endsWith('/'))
              expect({ source, target, less: announcesLess(imported) }).toMatchObject({ less: true });
            continue;
          }
          // The context itself follows the rule of `/*` here, which Express Gateway matches with a slash only.
          const same = (old === undefined ? before(method, `${target}/`) : old) ?? { rule: 'none', upstream: 'none' };
          if (Object.values(source.pipelines).some(({ ignorePath }) => ignorePath) && target.endsWith('/')) continue; // reported
          const sent = old === undefined ? { ...same, upstream: now.upstream } : same;
          if (Object.values(imported.file.apis).some((api) => api['context'] === target) && announcesLess(imported))
            continue; // reported
          const rule = isStricter(now.rule, sent.rule ?? '') && announcesOneRule(imported) ? now.rule : sent.rule;
          expect({ source, method, target, ...now }).toEqual({ source, method, target, ...sent, rule });
          compared += 1;
        }
      }),
    );
    expect(compared).toBeGreaterThan(50);
  });
});
