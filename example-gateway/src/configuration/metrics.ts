import { readAddress, type Address } from './address';
import type { Faults } from './fault';
import { readFields } from './fields';

const DEFAULT_ADDRESS: Address = { host: '127.0.0.1', port: 9464 };

/** Reads `metrics`: where they are served; left out, they are not. */
export const readMetrics = (faults: Faults, value: unknown): Address | undefined => {
  if (value === undefined) return undefined;
  return readAddress(faults, readFields(faults, value, ['metrics'], ['host', 'port']), ['metrics'], DEFAULT_ADDRESS);
};
