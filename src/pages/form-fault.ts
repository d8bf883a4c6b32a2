import { DirectoryError } from '../protocol/errors';
import type { DirectoryProblem } from '../protocol/problems';
import { sentenceOf } from './texts/sentences';
import type { Texts } from './texts/texts';

/** A fault of a submitted form. */
export interface FormFault {
  /** Name of the field. Absent if the fault does not concern a single field. */
  readonly field?: string;
  readonly sentence: string;
  readonly status: 400 | 409;
}

/** Thrown by a form that finds a fault itself, with a sentence in the language of the visitor. */
export class FormError extends Error {
  override readonly name = 'FormError';
  readonly fault: FormFault;

  constructor(sentence: string, { field, status = 400 }: Partial<Omit<FormFault, 'sentence'>> = {}) {
    super('a form has a fault');
    this.fault = { sentence, status, ...(field === undefined ? {} : { field }) };
  }
}

/** Names of the fields that problems concern. */
const FIELDS: { readonly [N in DirectoryProblem['name']]?: string } = {
  password_malformed: 'password',
  password_too_short: 'password',
  password_common: 'password',
  password_is_username: 'password',
  username_malformed: 'username',
  organization_not_offered: 'organization',
  organization_closed: 'organization',
  organization_missing: 'organization',
  name_taken: 'name',
  redirect_uri: 'redirectUris',
  too_many_redirect_uris: 'redirectUris',
  redirect_uris_missing: 'redirectUris',
};

const fieldOf = (problem: DirectoryProblem): string | undefined =>
  problem.name === 'field' ? problem.field : FIELDS[problem.name];

/**
 * Converts an error to the fault of a form. Its sentence is in the language of the texts; the message of the error is not
 * shown. Returns `undefined` if the error does not concern a form.
 */
export const faultOf = (error: unknown, { faults }: Pick<Texts, 'faults'>): FormFault | undefined => {
  if (error instanceof FormError) return error.fault;
  if (!(error instanceof DirectoryError)) return undefined;
  const { code, problem } = error;
  if (code === 'ERR_SCOPEGATE_EXISTS') return { sentence: faults.nameTaken, status: 409 };
  if (code !== 'ERR_SCOPEGATE_LIMIT' && code !== 'ERR_SCOPEGATE_VALUE') return undefined;
  const status = code === 'ERR_SCOPEGATE_LIMIT' ? 409 : 400;
  if (problem === undefined) return { sentence: faults.other, status };
  const field = fieldOf(problem);
  return { sentence: sentenceOf(faults.sentences, problem), status, ...(field === undefined ? {} : { field }) };
};

/** Returns the sentence of a fault if it concerns this field. */
export const faultIn = (fault: FormFault | undefined, field: string): string | undefined =>
  fault?.field === field ? fault.sentence : undefined;
