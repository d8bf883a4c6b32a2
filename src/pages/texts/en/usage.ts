import { phrases } from './phrases';

/** `1 request, 2 errors, 0 refused`. */
const tallied = (requests: number, errors: number, refused: number): string =>
  `${phrases.counted(requests, 'request', 'requests')}, ${phrases.counted(errors, 'error', 'errors')}, ${phrases.number(refused)} refused`;

/** Texts of the pages and charts of usage. */
export const usage = {
  title: 'Usage',
  ofOrganization: 'All usage',
  of: (application: string) => `Usage of ${application}`,
  all: 'All requests',
  periods: 'Period',
  period: { hour: 'Last hour', day: 'Last 24 hours', month: 'Last 30 days' },
  utcHint:
    'Hours and days are in UTC. Requests that other servers of the gateway have received show up within 5 seconds.',

  chartTitle: (title: string, period: string) => `${title}, ${period.toLowerCase()}`,
  chartDescription: (requests: number, errors: number, refused: number) =>
    `One bar for each time span. In total: ${tallied(requests, errors, refused)}. The same numbers are in the table below.`,
  chartNumbers: 'Numbers of the chart',
  chartNumbersHint: 'Time spans without requests are left out.',
  most: (requests: string) => `Highest bar: ${requests}`,
  kinds: { served: 'Served', clientErrors: '4xx errors', serverErrors: '5xx errors', refused: 'Refused' },
  kindsHint:
    'Served: 2xx and 3xx. 4xx errors include requests whose client disconnected (499). Refused: by the gateway, before the request reached the API.',
  bar: (time: string, requests: number, errors: number, refused: number) =>
    `${time}: ${tallied(requests, errors, refused)}`,

  time: 'Time (UTC)',
  application: 'Application',
  owner: 'Owner',
  api: 'API',
  environment: 'Environment',
  environments: { production: 'Production', sandbox: 'Sandbox' },
  requests: 'Requests',
  errors: 'Errors',
  served: 'Served',
  clientErrors: '4xx errors',
  serverErrors: '5xx errors',
  refused: 'Refused',
  median: 'p50',
  slowest: 'p95',
  latencyHint:
    'p50 and p95: half of the responses, and 95% of them, took no longer. WebSockets and event streams are not measured.',
  milliseconds: (value: string) => `${value}\u00A0ms`,
  quotaLeft: 'Quota left',
  quota: (left: string, requests: string, plan: string) => `${left} of ${requests} (plan ${plan})`,
  outsideApis: 'Outside of APIs',
  byApplication: 'By application and API',
  byApi: 'By API',
  applicationsOfOrganization: 'Applications of your organization',

  none: 'No requests in this period.',
  noneOfDay: 'No requests in the last 24 hours.',
  off: 'The operator of the gateway has turned off usage.',
  noApplications: 'You have no applications yet.',
  createFirst: 'Subscribe to an API',
  tryIt: 'Try it: send a request',
  details: 'All numbers, and recent refusals',
  lastDay: (requests: number, errors: number, refused: number) =>
    `In the last 24 hours: ${tallied(requests, errors, refused)}.`,

  refusals: 'Recent refusals',
  refusalsHint: 'The last 20 different refusals of the past 7 days.',
  noRefusals: 'No request was refused in the past 7 days.',
  request: 'Request',
  reason: 'Reason',
  count: 'Count',
  last: 'Last',
  reasons: {
    insufficientScope: (scopes: string) =>
      `The token doesn't include ${scopes}. Get a token with all scopes of the resource.`,
    tooLittleScope: "The token doesn't include the scopes that this resource needs. Get a token with all of them.",
    notSubscribed: (api: string) =>
      `The application is not subscribed to ${api}, or the token is older than the subscription. Subscribe, then get a new token.`,
    noSandbox: (api: string) => `${api} has no sandbox. Send a token of the production key.`,
    wrongAudience: 'The token is for another resource. Get one for this resource.',
    userGone: "The token's user no longer exists.",
    plan: (plan: string) => `The plan ${plan} was used up. Wait until it resets, or change the plan.`,
    retired: (api: string) => `${api} is retired and takes no more requests.`,
    limit: 'The limit of the resource was reached. Wait until it resets.',
    other: 'The gateway refused the request.',
  },
};
