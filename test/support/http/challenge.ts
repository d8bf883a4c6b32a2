import { valuesOf, type RawResponse } from './raw-http';
import type { TestResponse } from '../expect/clean-answer';

/** A challenge, read. Names of parameters are in lower case. */
export interface Challenge {
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/.source;
const QUOTED = /"((?:[\t \x21\x23-\x5B\x5D-\x7E]|\\[\t \x21-\x7E])*)"/.source;

/**
 * Parses one challenge in the syntax of RFC 9110 §11.2, with every parameter quoted.
 * @throws if the text is anything else, or a parameter is repeated
 */
export const readChallenge = (text: string): Challenge => {
  const [, scheme = '', rest = ''] = new RegExp(`^(${TOKEN}) (.+)$`).exec(text) ?? [];
  const parameter = new RegExp(`(${TOKEN})=${QUOTED}(, (?=.)|$)`, 'y');
  const parameters = new Map<string, string>();
  do {
    const [, name = '', value = ''] = parameter.exec(rest) ?? [];
    if (name === '') throw new Error(`not a challenge: ${text}`);
    if (parameters.has(name.toLowerCase())) throw new Error(`${name} stands twice: ${text}`);
    parameters.set(name.toLowerCase(), value.replace(/\\(.)/g, '$1'));
  } while (parameter.lastIndex < rest.length);
  return { scheme, parameters: Object.fromEntries(parameters) };
};

/** The one challenge of an answer. @throws where there is none, or it cannot be read */
export const challengeOf = (answer: Pick<RawResponse, 'headers'> | Pick<TestResponse, 'headers'>): Challenge => {
  const { headers } = answer;
  const values = Array.isArray(headers)
    ? valuesOf({ headers }, 'www-authenticate')
    : [(headers as TestResponse['headers'])['www-authenticate'] ?? []].flat();
  const [value] = values;
  if (value === undefined || values.length > 1) throw new Error(`${values.length} challenges`);
  return readChallenge(value);
};
