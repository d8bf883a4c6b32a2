import { isIPv6 } from 'node:net';

const GROUPS = 8;

/** Groups of an IPv6 address that name its network; a client chooses the others. */
const NETWORK_GROUPS = 4;

/** Returns the groups in a part of an IPv6 address; an IPv4 address at its end is two of them. */
const groupsIn = (part: string): readonly string[] =>
  part === ''
    ? []
    : part
        .split(':')
        .flatMap((group) => (group.includes('.') ? [group, ''] : [Number.parseInt(group, 16).toString(16)]));

/** Returns the network of a client by its address: an IPv4 address itself, of an IPv6 address its /64 network. */
export const clientNetwork = (address: string): string => {
  const [plain = ''] = address.replace(/^::ffff:(?=\d+\.)/i, '').split('%'); // a zone is local to this machine
  if (!isIPv6(plain)) return plain;
  const [before = '', after = ''] = plain.split('::');
  const [first, last] = [groupsIn(before), groupsIn(after)];
  const zeros = Array<string>(GROUPS - first.length - last.length).fill('0');
  return [...first, ...zeros, ...last].slice(0, NETWORK_GROUPS).join(':');
};
