import { DirectoryError } from '../protocol/errors';

/** Refuses a value given to a management call. */
export const refuseValue = (rule: string): never => {
  throw new DirectoryError('ERR_SCOPEGATE_VALUE', rule);
};

/** Rules that declared options and management calls share. */
export const rules = {
  consumerKey: { pattern: /^[\x21-\x39\x3B-\x7E]{1,128}$/, text: '1 to 128 visible ASCII characters without a colon' },
  consumerSecret: { pattern: /^[\x21-\x7E]{1,256}$/, text: '1 to 256 visible ASCII characters' },
  label: { pattern: /^[^\p{Cc}]{1,100}$/u, text: '1 to 100 characters without control characters' },
  role: { pattern: /^[^\p{C}\p{Z}]{1,128}$/u, text: '1 to 128 characters without white space' },
} as const;

export const checkValue = (value: string, rule: keyof typeof rules, what: string): string =>
  typeof value === 'string' && rules[rule].pattern.test(value)
    ? value
    : refuseValue(`${what} must be ${rules[rule].text}`);

export const PASSWORD_RULE = '1 to 1024 bytes of UTF-8 without control characters';
