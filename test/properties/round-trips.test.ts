import fc from 'fast-check';
import { createRefusals } from '../../src/guard/refusals';
import { requirementCompiler } from '../../src/guard/requirements';
import { readBasicCredentials, readClientCredentials } from '../../src/protocol/credentials';
import { readForm } from '../../src/protocol/parameters';
import { parseScope, printScope } from '../../src/protocol/scope';
import {
  mintAccessToken,
  mintGrantId,
  mintProofKey,
  mintRefreshToken,
  readAccessToken,
  readRefreshToken,
} from '../../src/protocol/secrets';
import { decodeAccess, decodeRefresh, encodeAccess, encodeRefresh } from '../../src/stores/redis/records';
import { anyText, wellFormedText } from '../support/properties/any-text';
import { assertProperty } from '../support/properties/property-runs';
import { readChallenge } from '../support/http/challenge';
import { aGrant } from '../support/tokens/records';
import { thrownBy } from '../support/expect/thrown';
import { body } from './hostile-forms';

const RUNS = { numRuns: 300 };

const character = (least: number, most: number) =>
  fc.integer({ min: least, max: most }).map((code) => String.fromCharCode(code));

const visible = (maxLength: number) => fc.string({ unit: character(0x20, 0x7e), maxLength });

test('any scope that was parsed and printed parses to the same scope', () => {
  const scopeCharacter = character(0x21, 0x7e).filter((one) => one !== '"' && one !== '\\');
  const name = fc.oneof(
    fc.constantFrom('default', 'read'),
    fc.string({ unit: scopeCharacter, minLength: 1, maxLength: 9 }),
  );
  assertProperty(
    fc.property(fc.array(name, { minLength: 1, maxLength: 8 }), (names) => {
      const scope = parseScope(names.join(' '));
      expect(parseScope(printScope(scope))).toEqual(scope);
    }),
    RUNS,
  );
});

test('any form that can be parsed and is written again parses to the same form', () => {
  assertProperty(
    fc.property(body, (text) => {
      let form: ReadonlyMap<string, string> = new Map();
      const thrown = thrownBy(() => {
        form = readForm(Buffer.from(text, 'latin1'));
      });
      if (thrown !== undefined) return;
      const again = readForm(Buffer.from(new URLSearchParams([...form]).toString()));
      expect([...again]).toEqual([...form]);
    }),
    RUNS,
  );
});

test('client credentials are the same from a header in any spelling and from a body', () => {
  const spelt = (text: string, mask: readonly boolean[]): string =>
    [...text]
      .map((one, index) => {
        const isFree = /[A-Za-z0-9._~-]/.test(one) && mask[index % mask.length] === true;
        return isFree ? one : `%${one.charCodeAt(0).toString(16).padStart(2, '0')}`;
      })
      .join('');
  const mask = fc.array(fc.boolean(), { minLength: 1, maxLength: 8 });
  assertProperty(
    fc.property(
      visible(12).filter((text) => text !== ''),
      visible(12),
      mask,
      (clientId, clientSecret, escapes) => {
        const halves = [clientId, clientSecret].map((half) => spelt(half, escapes)).join(':');
        const header = readBasicCredentials(`Basic ${Buffer.from(halves).toString('base64')}`);
        const parameters = new Map([
          ['client_id', clientId],
          ['client_secret', clientSecret],
        ]);
        expect(header).toEqual({ clientId, clientSecret });
        expect(readClientCredentials([], parameters)).toEqual(header);
      },
    ),
    RUNS,
  );
});

test("a guard's challenge and body agree for any realm and scopes", () => {
  const scope = fc.string({ unit: character(0x23, 0x5b), minLength: 1, maxLength: 9 });
  assertProperty(
    fc.property(visible(20), fc.uniqueArray(scope, { minLength: 1, maxLength: 5 }), (realm, names) => {
      const refusals = createRefusals({ realm, resourceMetadata: 'https://api.example.com/.well-known/x' });
      const { insufficientScope } = refusals.ofRule(requirementCompiler(new Set(names))({ allOf: names }));
      const { headers, body: json } = insufficientScope;
      const { scheme, parameters } = readChallenge(Object.fromEntries(headers)['WWW-Authenticate'] ?? '');
      expect([scheme, parameters]).toEqual(['Bearer', expect.objectContaining(JSON.parse(json))]);
      expect(parameters).toMatchObject({
        realm,
        error: 'insufficient_scope',
        scope: names.join(' '),
        resource_metadata: 'https://api.example.com/.well-known/x',
      });
    }),
    RUNS,
  );
});

describe('a token', () => {
  const grantId = mintGrantId();
  const texts = fc.constantFrom(mintAccessToken(grantId).text, mintRefreshToken(grantId, mintProofKey()).text);

  test('S-178 is refused with any one character replaced, removed or inserted', () => {
    const alphabet = fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_');
    const other = fc.oneof({ weight: 3, arbitrary: alphabet }, anyText({ maxLength: 1 }));
    assertProperty(
      fc.property(texts, fc.nat({ max: 90 }), fc.nat({ max: 1 }), other, (text, at, taken, instead) => {
        const index = at % text.length;
        const changed = text.slice(0, index) + instead + text.slice(index + taken);
        if (changed !== text)
          expect([readAccessToken(changed), readRefreshToken(changed)]).toEqual([undefined, undefined]);
      }),
      { numRuns: 2_000 },
    );
  });
});

/** The script that stores a record adds a stamp to its line. */
const STAMP = 'Ab0_-xyz';

test('records are read from Redis as they were written, whatever they contain', () => {
  const text = wellFormedText({ maxLength: 12 });
  const words = fc.uniqueArray(fc.string({ unit: character(0x21, 0x7e), minLength: 1, maxLength: 9 }), {
    maxLength: 4,
  });
  const toTheMillisecond = (seconds: number): number => Math.round(seconds * 1000) / 1000;
  const instant = fc.integer({ min: 0, max: 4_000_000_000_000 }).map((milliseconds) => milliseconds / 1000);
  const record = fc.record({
    subject: wellFormedText({ minLength: 1, maxLength: 12 }),
    organization: wellFormedText({ minLength: 1, maxLength: 12 }),
    clientId: text,
    consent: fc.option(wellFormedText({ minLength: 1, maxLength: 12 }), { nil: undefined }),
    scopes: words,
    subscriptions: words,
    audience: fc.option(wellFormedText({ minLength: 1, maxLength: 12 }), { nil: undefined }),
    resources: fc.option(fc.array(text, { maxLength: 3 }), { nil: undefined }),
    instant,
  });
  assertProperty(
    fc.property(record, ({ subscriptions, audience, resources, instant: at, ...facts }) => {
      const { access, refresh } = aGrant(at, {
        accessExpiresAt: toTheMillisecond(at + 1),
        refreshExpiresAt: toTheMillisecond(at + 2),
      });
      const kept = { ...access, ...facts, subscriptions, audience };
      const stamped = (stored: object) => ({ record: stored, stamp: STAMP });
      expect(decodeAccess(kept.grantId, `${encodeAccess(kept)}${STAMP}\t`, kept.digest)).toEqual(stamped(kept));
      const state = { ...refresh, ...facts, resources, grantExpiresAt: toTheMillisecond(at + 3) };
      expect(decodeRefresh(state.grantId, `${encodeRefresh(state)}${STAMP}\t`)).toEqual(stamped(state));
      const spent = { digest: refresh.digest, sealedPair: facts.subject, until: at };
      const [live = '', before = ''] = encodeRefresh({ ...state, spent }).split('\n');
      const stored = `${live}${STAMP}\t\n${before}`;
      expect(decodeRefresh(state.grantId, stored)).toEqual(stamped({ ...state, spent }));
    }),
    RUNS,
  );
});
