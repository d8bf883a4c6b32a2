import { readAddress, type Address } from './address';
import type { Faults } from './fault';
import { readFields } from './fields';

const DEFAULT_ADDRESS: Address = { host: '127.0.0.1', port: 9464 };

/** Reads `metrics`, the address that metrics are served on; left out: none are served. */
export const readMetrics = (faults: Faults, value: unknown): Address | undefined => {
  if (value === undefined) return undefined;
  return readAddress(faults, readFields(faults, value, ['metrics'], ['host', 'port']), ['metrics'], DEFAULT_ADDRESS);
};
