// The cost of a token: client credentials, beside a form POST that issues no token.
import { runRounds } from '../rig/rounds.mjs';
import { rounded } from '../rig/statistics.mjs';

export const title = 'Token endpoint, client credentials';

const SCOPEGATE = 'scopegate, declared client';
const OIDC = 'oidc-provider, mounted in Express';

const CONTENDERS = {
  [SCOPEGATE]: 'token-scopegate',
  'scopegate, client created at run time': 'token-scopegate-made',
  [OIDC]: 'token-oidc-provider-mounted',
  'oidc-provider, on its own server': 'token-oidc-provider',
  'oauth2orize + passport-http': 'token-oauth2orize',
  '@node-oauth/oauth2-server': 'token-oauth2-server',
};

/** The name of the bare form in a contender's process. */
const formOf = (name) => `${name}: a bare form`;

const LINES = Object.fromEntries(
  Object.entries(CONTENDERS).flatMap(([name, file]) => [
    [formOf(name), { file, load: 'form' }],
    [name, { file, load: 'token' }],
  ]),
);

const MAX_TIMES_FORM = 1.35;

const marksOf = (rounds) => {
  const [times, oidc] = [SCOPEGATE, OIDC].map((name) => rounds.ratio(name, formOf(name), 'perRequest'));
  return [
    {
      mark: 'the token endpoint, times a bare form POST',
      measured: rounded(times, 2),
      limit: MAX_TIMES_FORM,
      isMet: times <= MAX_TIMES_FORM,
    },
    {
      mark: 'the same, below oidc-provider in Express',
      measured: rounded(times, 2),
      limit: rounded(oidc, 2),
      isMet: times < oidc,
    },
  ];
};

export const measure = async ({ rounds, seconds, redis }) => {
  const shown = await runRounds(LINES, { rounds, seconds, redis });
  const rows = Object.keys(CONTENDERS).map((name) => ({
    'POST /token': name,
    'CPU µs/request': rounded(shown.median(name, 'perRequest')),
    'a bare form, same process': rounded(shown.median(formOf(name), 'perRequest')),
    'times the form': rounded(shown.ratio(name, formOf(name), 'perRequest'), 2),
    'requests/s': Math.round(shown.median(name, 'perSecond')),
    'p99 ms': rounded(shown.median(name, 'p99')),
  }));
  return { rows, marks: marksOf(shown) };
};
