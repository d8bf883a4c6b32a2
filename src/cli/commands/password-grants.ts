import { printDay } from '../../protocol/days';
import type { PasswordUsage } from '../../tokens/password-use-store';
import type { Command } from '../command';
import { withGate, type OperatorGate } from '../operator-gate';
import { listApplications, type ListedApplication } from '../owner';
import { printTable } from '../printed-table';
import { STORE_FLAGS } from '../store-flags';

const HEADS = ['NAME', 'CONSUMER KEYS', 'LAST 30 DAYS', 'LAST DAY'];

/** An application that used the password grant, as the command prints it. */
interface PasswordClient {
  readonly id: string;
  readonly name: string;
  readonly clientIds: readonly string[];
  /** Number of grants in the last 30 days. */
  readonly grants: number;
  /** The day of the last grant, in UTC, such as `2027-01-01`. */
  readonly lastDay: string;
}

const describeUse = (
  { id, name, keys }: ListedApplication,
  { grants, lastDay }: PasswordUsage,
): PasswordClient | undefined => {
  if (lastDay === undefined) return undefined;
  return {
    id,
    name,
    clientIds: Object.values(keys).map(({ clientId }) => clientId),
    grants,
    lastDay: printDay(lastDay),
  };
};

const findPasswordClients = async (opened: OperatorGate): Promise<readonly PasswordClient[]> => {
  const found: PasswordClient[] = [];
  for await (const application of listApplications(opened)) {
    const { keys, organization } = application;
    const clients = Object.values(keys).map(({ clientId }) => ({ clientId, organization }));
    const used = describeUse(application, await opened.passwordUses.findFreshUsage(clients));
    if (used !== undefined) found.push(used);
  }
  return found.sort((one, other) => other.grants - one.grants);
};

const rowOf = ({ name, clientIds, grants, lastDay }: PasswordClient): readonly string[] => [
  name,
  clientIds.join(' '),
  String(grants),
  lastDay,
];

export const applicationsPasswordGrants: Command = {
  words: ['applications', 'password-grants'],
  summary: 'Lists the applications that used the password grant in the last 40 days, the most frequent first.',
  notes: ['Running gates write their counts once a minute. Refreshes are not counted.'],
  flags: STORE_FLAGS,
  run: async (run) => {
    const clients = await withGate(run, findPasswordClients);
    return { json: clients, text: printTable(HEADS, clients.map(rowOf)) };
  },
};
