import fc from 'fast-check';
import { wellFormedText } from '../support/properties/any-text';
import { APPLICATION, JOHN, type TokenBody } from '../support/gate/gate';
import { APPLICATION_HEADER, FORM_TYPE } from '../support/tokens/token-requests';
import type { WireRequest } from './kept-connection';

/** A request in parts, so that each can be changed by itself. */
export interface Draft {
  readonly method: string;
  readonly target: string;
  readonly types: readonly string[];
  readonly credentials: readonly string[];
  readonly otherLines: readonly string[];
  /** Pairs of the form as they are written. */
  readonly pairs: readonly string[];
  readonly separator: string;
  readonly chunks?: readonly number[];
}

export const written = ({ types, credentials, otherLines, pairs, separator, ...draft }: Draft): WireRequest => ({
  method: draft.method,
  target: draft.target,
  headers: [...types, ...credentials, ...otherLines],
  body: pairs.join(separator),
  ...(draft.chunks === undefined ? {} : { chunks: draft.chunks }),
});

/** One way to change a draft. `what` is what a failing case shows of it. */
export interface Change {
  readonly what: string;
  readonly to: (draft: Draft) => Draft;
}

const PAIRS = {
  password: () => [
    'grant_type=password',
    `username=${encodeURIComponent(JOHN[0])}`,
    `password=${JOHN[1]}`,
    'scope=read',
  ],
  refresh: ({ refresh_token: token }: TokenBody) => [
    'grant_type=refresh_token',
    `refresh_token=${token}`,
    'scope=read',
  ],
  clientCredentials: () => ['grant_type=client_credentials', 'scope=read', 'validity_period=60'],
  revokeAccess: ({ access_token: token }: TokenBody) => [`token=${token}`, 'token_type_hint=access_token'],
  revokeRefresh: ({ refresh_token: token }: TokenBody) => [`token=${token}`],
  introspectAccess: ({ access_token: token }: TokenBody) => [`token=${token}`],
  introspectRefresh: ({ refresh_token: token }: TokenBody) => [`token=${token}`, 'token_type_hint=refresh_token'],
} as const;

export type RightKind = keyof typeof PAIRS;

export const RIGHT_KINDS = Object.keys(PAIRS) as readonly RightKind[];

const targetOf = (kind: RightKind): string => /^(?:revoke|introspect)/.exec(kind)?.[0] ?? 'token';

/** A request that is right in every part. */
export const rightRequest = (kind: RightKind, tokens: TokenBody): Draft => ({
  method: 'POST',
  target: `/${targetOf(kind)}`,
  types: [FORM_TYPE],
  credentials: [APPLICATION_HEADER],
  otherLines: [],
  pairs: PAIRS[kind](tokens),
  separator: '&',
});

const change = (what: string, to: Change['to']): Change => ({ what, to });

const escapeAll = (text: string, isLower: boolean): string => {
  const escaped = Buffer.from(text).toString('hex').replace(/../g, '%$&');
  return isLower ? escaped : escaped.toUpperCase();
};

/** The same text with some of its characters escaped that need not be. */
const respell = (text: string, mask: readonly boolean[], isLower: boolean): string =>
  [...decodeURIComponent(text)]
    .map((one, index) => (mask[index % mask.length] === true ? escapeAll(one, isLower) : encodeURIComponent(one)))
    .join('');

const escapes = fc.tuple(fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }), fc.boolean()).map(([mask, isLower]) =>
  change(`escape ${JSON.stringify(mask)}`, (draft) => ({
    ...draft,
    pairs: draft.pairs.map((pair) =>
      pair
        .split('=')
        .map((half) => respell(half, mask, isLower))
        .join('='),
    ),
  })),
);

const order = fc.array(fc.nat({ max: 9 }), { minLength: 5, maxLength: 5 }).map((keys) =>
  change(`order ${keys.join('')}`, (draft) => ({
    ...draft,
    pairs: draft.pairs
      .map((pair, index) => ({ pair, key: keys[index % keys.length] ?? 0 }))
      .sort((one, other) => one.key - other.key)
      .map(({ pair }) => pair),
  })),
);

const nameIn = (pair: string): string => decodeURIComponent(pair.split('=')[0] ?? '');

/** One pair more, unless one of its name is there: a repeat is another matter. */
const addition = (pair: string): Change =>
  change(`add ${pair}`, (draft) =>
    draft.pairs.some((other) => nameIn(other) === nameIn(pair)) ? draft : { ...draft, pairs: [...draft.pairs, pair] },
  );

const strangers = fc
  .tuple(
    fc.oneof(
      wellFormedText({ maxLength: 8 }).map((text) => `x${text}`),
      fc.constantFrom(
        '__proto__',
        'constructor',
        'hasOwnProperty',
        'toString',
        'Grant_Type',
        'SCOPE',
        'token\0',
        'a[b]',
      ),
    ),
    wellFormedText({ maxLength: 8 }),
  )
  .map((pair) => addition(pair.map((half) => encodeURIComponent(half)).join('=')));

const empties = fc.constantFrom('code=', 'redirect_uri', '=', 'resource=', 'access_token=').map(addition);

const types = fc
  .constantFrom(
    ...[
      'Content-Type: application/x-www-form-urlencoded; charset=UTF-8',
      'content-type: Application/X-WWW-Form-URLencoded',
    ],
    ...[
      'CONTENT-TYPE: application/x-www-form-urlencoded;charset="utf-8"',
      'Content-Type:application/x-www-form-urlencoded;',
    ],
  )
  .map((line) => change(line, (draft) => ({ ...draft, types: [line] })));

const credentials = fc
  .constantFrom('authorization: basic ', 'AUTHORIZATION:BASIC   ', 'Authorization: \tbAsIc ')
  .map((start) =>
    change(start, (draft) => ({
      ...draft,
      credentials: draft.credentials.map((line) => line.replace('Authorization: Basic ', start)),
    })),
  );

const lines = fc
  .constantFrom(
    ...['Cookie: access_token=x', 'X-HTTP-Method-Override: GET', 'Content-Encoding: identity', 'Expect: 100-continue'],
    ...['X-Forwarded-For: 203.0.113.9', 'Accept: text/html', 'If-None-Match: *', 'Range: bytes=0-0', 'Origin: null'],
  )
  .map((line) =>
    change(line, (draft) =>
      draft.otherLines.includes(line) ? draft : { ...draft, otherLines: [...draft.otherLines, line] },
    ),
  );

const queries = fc
  .constantFrom('?', '?a=b', '?Token=x', '?x=%zz', '?__proto__[admin]=1')
  .map((query) =>
    change(query, (draft) => (draft.target.includes('?') ? draft : { ...draft, target: draft.target + query })),
  );

const separators = fc
  .constantFrom('&&', '&&&')
  .map((separator) => change(separator, (draft) => ({ ...draft, separator })));

const framing = fc
  .array(fc.integer({ min: 1, max: 30 }), { maxLength: 6 })
  .map((chunks) => change(`chunks ${chunks.join()}`, (draft) => ({ ...draft, chunks })));

/** Changes that do not affect the meaning of a request, wherever the client's secret is. */
export const otherSpelling: fc.Arbitrary<Change> = fc.oneof(
  { weight: 3, arbitrary: escapes },
  order,
  strangers,
  empties,
  types,
  credentials,
  lines,
  queries,
  separators,
  framing,
);

/** The client's secret in the body, where RFC 6749 §2.3.1 lets it be as well. */
export const secretInBody: Change = change('secret in the body', (draft) =>
  draft.credentials.length === 0
    ? draft
    : {
        ...draft,
        credentials: [],
        pairs: [...draft.pairs, `client_id=${APPLICATION[0]}`, `client_secret=${APPLICATION[1]}`],
      },
);
