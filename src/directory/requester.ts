import type { Share } from '../throttle/held-shares';

/**
 * Source of a request for password work. It is read from the request alone, so that a refusal does not depend on whether
 * the user exists.
 */
export interface Requester {
  /** Key of the account (`accountOf`). Absent for a sign-up, whose account does not exist yet. */
  readonly account?: string;
  /** The client, or the part of the gate that takes its place. `management` are calls of the host application. */
  readonly client: { readonly id: string } | 'portal' | 'sign-up' | 'management';
  /** The network of the request (`networkOf`). Absent for management calls. */
  readonly network?: string;
}

/** The source of calls of the host application. */
export const MANAGEMENT: Requester = { client: 'management' };

/** Returns the key of the client, which no part of the gate has. */
export const clientKeyOf = ({ client }: Requester): string =>
  typeof client === 'string' ? client : `client ${client.id}`;

const part = (queue: number, of: number): number => Math.max(1, Math.floor(queue / of));

/**
 * Returns the shares that a waiting request counts for. A client and a network hold at most a quarter of the queue. An
 * account, and all sign-ups together, hold at most an eighth, so that neither can use up the quarter of the network or
 * client that it belongs to. Each may hold at least one place.
 * @returns none for management calls: only the whole queue bounds those, and the host application bounds its own callers
 */
export const sharesOf = (requester: Requester, queue: number): readonly Share[] => {
  const { account, client, network } = requester;
  if (client === 'management') return [];
  const [quarter, eighth] = [part(queue, 4), part(queue, 8)];
  const ofClient: Share =
    client === 'sign-up'
      ? { key: clientKeyOf(requester), max: eighth, limit: 'passwordWorkOfSignUps' }
      : { key: clientKeyOf(requester), max: quarter, limit: 'passwordWorkPerClient' };
  return [
    ...(account === undefined
      ? []
      : [{ key: `account ${account}`, max: eighth, limit: 'passwordWorkPerAccount' } as const]),
    ofClient,
    { key: `network ${network ?? ''}`, max: quarter, limit: 'passwordWorkPerNetwork' },
  ];
};
