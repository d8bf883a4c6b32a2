import { isIPv4, isIPv6 } from 'node:net';

const GROUPS = 8;
const NETWORK_GROUPS = 4;

const groupsOf = (half: string): readonly string[] => (half === '' ? [] : half.split(':'));

/**
 * What failures are counted under: an IPv4 address as it is, an IPv6 address by its /64, because one subscriber has all
 * of that. A text that is no address stands for itself.
 */
export const networkOf = (address: string): string => {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined && isIPv4(mapped)) return mapped;
  const [plain = ''] = address.split('%'); // a zone belongs to this machine, not to the peer
  if (!isIPv6(plain)) return address;
  const [head = '', tail = ''] = plain.split('::');
  const before = groupsOf(head);
  const after = groupsOf(tail);
  const gap = Array.from({ length: Math.max(0, GROUPS - before.length - after.length) }, () => '0');
  const groups = plain.includes('::') ? [...before, ...gap, ...after] : before;
  const network = groups.slice(0, NETWORK_GROUPS).map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(':')}::/64`;
};

/** Whether a text is one that `networkOf` makes of an address. A proxy that is trusted too much passes on anything. */
export const isNetwork = (text: string): boolean => isIPv4(text) || isIPv6(text.replace(/\/64$/, ''));
