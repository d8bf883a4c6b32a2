import { digestOf, equalDigests } from '../protocol/secrets';

/** Derives the CSRF token that a form must send. It cannot be computed without the cookie's id. */
export const formTokenOf = (id: string): string => digestOf(`form of ${id}`);

export const isFormToken = (text: string | undefined, id: string): boolean =>
  text !== undefined && equalDigests(digestOf(text), digestOf(formTokenOf(id)));
