import { suggestion } from '../protocol/suggestion';
import { printable } from './printed-table';

/** Number of names in the store that a misspelt one is compared with. */
export const MAX_COMPARED = 10_000;

/**
 * Returns the end of a message about an unknown name: a question with the known name that was probably meant, or
 * nothing. The unknown name is not quoted, because it may be a secret in the wrong place.
 */
export const nearestOf = (name: string, known: readonly string[]): string => {
  const [, meant] = /^; did you mean "(.*)"\?$/s.exec(suggestion(name, known)) ?? [];
  const found = meant ?? known.find((each) => name !== '' && each.startsWith(`${name}@`)); // without the organization
  return found === undefined ? '' : `. Did you mean ${printable(found)}?`;
};

/** Like `nearestOf`, for names that are read from the store. */
export const nearest = async (name: string, known: AsyncIterable<string>): Promise<string> => {
  const compared: string[] = [];
  for await (const each of known) {
    compared.push(each);
    if (compared.length === MAX_COMPARED) break;
  }
  return nearestOf(name, compared);
};
