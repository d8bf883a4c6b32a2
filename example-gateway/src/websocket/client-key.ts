import { isIPv6 } from 'node:net';
import type { Auth } from 'scopegate';

/** The bits of an IPv6 address that one network has, in groups of 16. */
const NETWORK_GROUPS = 4;

/** Returns the network of an address: an IPv4 address itself, of an IPv6 address the first 64 bits. */
const networkOf = (address: string): string => {
  const plain = address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '').replace(/%.*$/, '');
  if (!isIPv6(plain)) return plain;
  const [before = '', after] = plain.split('::');
  const groups = before === '' ? [] : before.split(':');
  const missing = after === undefined ? 0 : NETWORK_GROUPS;
  return [...groups, ...Array<string>(missing).fill('0')].slice(0, NETWORK_GROUPS).join(':').toLowerCase();
};

/** Returns the client for which WebSockets are counted: that of the token, else the network of the address. */
export const clientKeyOf = (auth: Auth | undefined, address: string | undefined): string =>
  auth === undefined ? `address ${networkOf(address ?? '')}` : `client ${auth.clientId}`;
