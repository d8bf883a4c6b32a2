import { isIP } from 'node:net';
import type { Faults, Path } from './fault';

/** The values of Express's "trust proxy", without functions. */
export type TrustProxy = boolean | number | readonly string[];

const NAMES = ['loopback', 'linklocal', 'uniquelocal'];

/** The maximum number of consecutive proxies. */
const MAX_HOPS = 32;

const RULE = `must be the number of proxies in front (0 to ${MAX_HOPS}), true or false, or the proxies' addresses, such as loopback or 10.0.0.0/8, separated by commas or as a list`;

const ADDRESS_RULE = `must be ${NAMES.join(', ')}, an IP address, or a network such as 10.0.0.0/8`;

const isRange = (text: string): boolean => {
  const [address = '', prefix, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  if (prefix === undefined) return true;
  if (/^\d{1,3}$/.test(prefix)) return Number(prefix) <= (version === 4 ? 32 : 128);
  return version === 4 && isNetmask(prefix);
};

/** Checks whether an IPv4 address is a netmask: ones followed by zeros. */
const isNetmask = (text: string): boolean => {
  if (isIP(text) !== 4) return false;
  const bits = text
    .split('.')
    .map((byte) => Number(byte).toString(2).padStart(8, '0'))
    .join('');
  return /^1*0*$/.test(bits);
};

/** Checks every address, because Express has its own interpretation of a string that is not an address. */
const readAddresses = (faults: Faults, values: readonly unknown[], pathOf: (index: number) => Path): TrustProxy => {
  values.forEach((value, index) => {
    const isAddress = typeof value === 'string' && (NAMES.includes(value) || isRange(value));
    if (!isAddress) faults.add(pathOf(index), ADDRESS_RULE);
  });
  return values.filter((value) => typeof value === 'string');
};

/** Reads `trustProxy`, the proxies whose forwarding headers are trusted; left out: none. */
export const readTrustProxy = (faults: Faults, value: unknown): TrustProxy => {
  const path = ['trustProxy'];
  if (value === undefined || typeof value === 'boolean') return value ?? false;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_HOPS) {
    return value === 0 ? false : value;
  }
  if (Array.isArray(value) && value.length > 0) return readAddresses(faults, value, (index) => [...path, index]);
  if (typeof value !== 'string' || /^\s*(?:\d+|true|false)?\s*$/.test(value)) return faults.add(path, RULE) ?? false;
  const addresses = value.split(',').map((address) => address.trim());
  return readAddresses(faults, addresses, () => path);
};
