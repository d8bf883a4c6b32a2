import type { ApplicationUsage } from '../../usage/managed-usage';
import type { UsageNumbers } from '../../usage/numbers';
import { isPeriod, PERIODS, type UsagePeriod } from '../../usage/resolutions';
import type { Command } from '../command';
import { WrongUse } from '../failure';
import { withGate } from '../operator-gate';
import { findApplication } from '../owner';
import { printTable } from '../printed-table';
import { STORE_FLAGS } from '../store-flags';

const HEADS = ['TIME', 'API', 'ENVIRONMENT', 'REQUESTS', 'SERVED', '4XX', '5XX', 'REFUSED', 'P50 MS', 'P95 MS'];

const cellsOf = ({ requests, refused, responses, latency }: UsageNumbers): readonly string[] =>
  [
    requests,
    responses.success + responses.redirect,
    responses.clientError + responses.cancelled,
    responses.serverError,
    refused.forbidden + refused.limited + refused.other,
    latency?.p50 ?? '-',
    latency?.p95 ?? '-',
  ].map(String);

const printUsage = ({ spans, total }: ApplicationUsage): string => {
  const rows = spans.map((span) => [
    new Date(span.at * 1000).toISOString().slice(0, 16).concat('Z'),
    span.api ?? '-',
    span.environment,
    ...cellsOf(span),
  ]);
  return printTable(HEADS, [...rows, ['total', '', '', ...cellsOf(total)]]);
};

const readPeriod = (given = 'day'): UsagePeriod => {
  if (isPeriod(given)) return given;
  throw new WrongUse(`--period takes ${Object.keys(PERIODS).join(', ')}; got ${JSON.stringify(given)}`);
};

export const applicationsUsage: Command = {
  words: ['applications', 'usage'],
  argument: 'KEY',
  summary: 'Shows the requests of an application: by time, API and environment.',
  notes: [
    'KEY is any consumer key of the application, or its id.',
    'Gates with a portal count requests, and write them every five seconds. Times are in UTC.',
  ],
  flags: { period: { value: 'PERIOD', doc: 'hour, day (the default) or month' }, ...STORE_FLAGS },
  run: async (run) => {
    const period = readPeriod(run.values['period']);
    const usage = await withGate(run, async (opened) => {
      const { id } = await findApplication(opened, run.argument);
      return opened.gate.usage.find(id, { period });
    });
    return { json: usage, text: printUsage(usage) };
  },
};
