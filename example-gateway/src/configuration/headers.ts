import { foldedName } from '../proxy/header-names';
import type { Faults } from './fault';
import { readFields } from './fields';

// RFC 9110 §5.6.2 without the asterisk, which matches the rest of a name here.
const NAME = /^[!#$%&'+.^_`|~0-9A-Za-z-]+\*?$/;

const RULE = 'must be a header name, such as X-Team-Id; X-Team-* matches all names with that prefix';

/** Reads `headers.strip`: header names to remove from client requests, in addition to the built-in list. */
export const readHeaders = (faults: Faults, value: unknown): readonly string[] => {
  const path = ['headers', 'strip'];
  const { strip } = readFields(faults, value, ['headers'], ['strip']);
  if (strip === undefined) return [];
  if (!Array.isArray(strip)) return faults.add(path, 'must be a list of header names, such as [X-Team-Id]') ?? [];
  return strip.filter((name: unknown, index): name is string => {
    const isName = typeof name === 'string' && NAME.test(name) && foldedName(name) !== '';
    if (!isName) faults.add([...path, index], RULE);
    return isName;
  });
};
