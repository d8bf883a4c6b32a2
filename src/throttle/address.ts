import { isIPv4, isIPv6 } from 'node:net';

const GROUPS = 8;
const NETWORK_GROUPS = 4;

/** Network of all strings that are not addresses: a single one, so that a client cannot make up more. */
export const UNKNOWN_NETWORK = 'unknown';

// An IPv4 address with a port, or an IPv6 address in brackets with or without a port, as sent by proxies (RFC 7239 §6).
const withPort = /^(?:\[([^[\]]+)\]|([^[\]:]+))(?::\d{1,5})?$/;

/** Strips everything that a proxy may put around an address: blanks, quotes, `for=`, brackets, a port, a zone. */
const bareAddress = (text: string): string => {
  const plain = text
    .trim()
    .replace(/^for=/i, '')
    .replace(/^"(.*)"$/, '$1')
    .trim();
  const [, inBrackets, beforePort] = withPort.exec(plain) ?? [];
  const [address = ''] = (inBrackets ?? beforePort ?? plain).split('%'); // a zone is local to this machine
  return address;
};

const numbersOf = (half: string): readonly number[] =>
  half
    .split(':')
    .filter((group) => group !== '')
    .flatMap((group) => {
      if (!group.includes('.')) return [Number.parseInt(group, 16)];
      const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
      return [a * 256 + b, c * 256 + d];
    });

/** Returns the eight groups of an IPv6 address. */
const groupsOf = (address: string): readonly number[] => {
  const [head = '', tail = ''] = address.split('::');
  const [before, after] = [numbersOf(head), numbersOf(tail)];
  const gap = Array.from({ length: GROUPS - before.length - after.length }, () => 0);
  return [...before, ...gap, ...after];
};

const dotted = (high: number, low: number): string => [high >> 8, high & 255, low >> 8, low & 255].join('.');

/** Prefixes of IPv6 addresses that embed an IPv4 address, and the index of the group at which it begins. */
const IPV4_IN_IPV6: readonly (readonly [prefix: readonly number[], at: number])[] = [
  [[0, 0, 0, 0, 0, 0xffff], 6], // IPv4-mapped, RFC 4291 §2.5.5.2
  [[0, 0, 0, 0, 0xffff, 0], 6], // IPv4-translated, RFC 2765 §2.1
  [[0x64, 0xff9b, 0, 0, 0, 0], 6], // NAT64, RFC 6052 §2.1
  [[0x2002], 1], // 6to4, RFC 3056 §2: one IPv4 host has a /48 of these
];

const startsWith = (groups: readonly number[], prefix: readonly number[]): boolean =>
  prefix.every((group, index) => groups[index] === group);

/** Returns the IPv4 address embedded in an IPv6 address, or `undefined`. */
const embeddedIPv4 = (groups: readonly number[]): string | undefined => {
  const at = IPV4_IN_IPV6.find(([prefix]) => startsWith(groups, prefix))?.[1];
  if (at !== undefined) return dotted(groups[at] ?? 0, groups[at + 1] ?? 0);
  const [, , , , fifth, sixth, high = 0, low = 0] = groups;
  const hasIPv4AtEnd = fifth === 0 && sixth === 0;
  // A local NAT64 prefix (RFC 8215) is any /96 within this /48.
  if (hasIPv4AtEnd && startsWith(groups, [0x64, 0xff9b, 1])) return dotted(high, low);
  // IPv4-compatible, RFC 4291 §2.5.5.1; `::` and `::1` are not.
  const isCompatible = hasIPv4AtEnd && startsWith(groups, [0, 0, 0, 0]) && (high > 0 || low > 1);
  return isCompatible ? dotted(high, low) : undefined;
};

/**
 * Returns the network that failures are counted under: an IPv4 address itself, an IPv6 address's /64, because one
 * subscriber has all of it. All spellings of an address give the same network, with or without a port; an IPv6 address
 * that embeds an IPv4 address gives the latter. A string that is not an address, or none, gives `unknown`.
 */
export const networkOf = (text: string | undefined): string => {
  const address = bareAddress(text ?? '');
  if (isIPv4(address)) return address;
  if (!isIPv6(address)) return UNKNOWN_NETWORK;
  const groups = groupsOf(address);
  const network = groups.slice(0, NETWORK_GROUPS).map((group) => group.toString(16));
  return embeddedIPv4(groups) ?? `${network.join(':')}::/64`;
};
