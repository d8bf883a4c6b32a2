// The cost of a token: client credentials, beside a form POST that issues no token.
import { runRounds } from '../rig/rounds.mjs';
import { rounded } from '../rig/statistics.mjs';

export const title = 'Token endpoint, client credentials';

const SCOPEGATE = 'scopegate, declared client';

/** Alternatives to scopegate that run in Express as well. */
const RIVALS = {
  'oidc-provider, mounted in Express': 'token-oidc-provider-mounted',
  'oauth2orize + passport-http': 'token-oauth2orize',
  '@node-oauth/oauth2-server': 'token-oauth2-server',
};

const CONTENDERS = {
  [SCOPEGATE]: 'token-scopegate',
  'scopegate, client created at run time': 'token-scopegate-made',
  'oidc-provider, on its own server': 'token-oidc-provider',
  ...RIVALS,
};

/** The name of the bare form in a contender's process. */
const formOf = (name) => `${name}: a bare form`;

const LINES = Object.fromEntries(
  Object.entries(CONTENDERS).flatMap(([name, file]) => [
    [formOf(name), { file, load: 'form' }],
    [name, { file, load: 'token' }],
  ]),
);

const MAX_TIMES_FORM = 1.25;

const marksOf = (rounds) => {
  const timesForm = (name) => rounds.ratio(name, formOf(name), 'perRequest');
  const times = timesForm(SCOPEGATE);
  const bestRival = Math.min(...Object.keys(RIVALS).map(timesForm));
  return [
    {
      mark: 'the token endpoint, times a bare form POST',
      measured: rounded(times, 2),
      limit: MAX_TIMES_FORM,
      isMet: times <= MAX_TIMES_FORM,
    },
    {
      mark: 'the same, below every rival in Express',
      measured: rounded(times, 2),
      limit: rounded(bestRival, 2),
      isMet: times < bestRival,
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
