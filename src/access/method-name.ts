/** An HTTP method name (RFC 9110 §9.1) as Node writes it: upper-case words, joined by hyphens. */
export const METHOD_NAME = /^[A-Z]+(?:-[A-Z]+)*$/;

/** The rule of `METHOD_NAME`, as the end of an error message. */
export const METHOD_NAME_RULE = 'an upper-case method name such as GET or M-SEARCH';

export const isMethodName = (value: unknown): value is string => typeof value === 'string' && METHOD_NAME.test(value);
