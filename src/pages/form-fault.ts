import { DirectoryError } from '../protocol/errors';

/** A fault of a submitted form. */
export interface FormFault {
  /** Name of the field. Absent if the fault does not concern a single field. */
  readonly field?: string;
  readonly sentence: string;
  readonly status: 400 | 409;
}

/** Labels by field name. Error messages of management calls begin with the field name. */
const LABELS: ReadonlyMap<string, string> = new Map([
  ['username', 'The user name'],
  ['password', 'The password'],
  ['organization', 'The organization'],
  ['name', 'The name'],
  ['label', 'The label'],
  ['expires', 'The expiry date'],
  ['redirectUris', 'The redirect URIs'],
]);

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Converts an error to the fault of a form. Returns `undefined` if the error does not concern a form. */
export const faultOf = (error: unknown): FormFault | undefined => {
  if (!(error instanceof DirectoryError)) return undefined;
  if (error.code === 'ERR_SCOPEGATE_EXISTS') return { sentence: 'This name is already in use.', status: 409 };
  const message = error.message.replace(/^ERR_\w+: /, '');
  if (error.code === 'ERR_SCOPEGATE_LIMIT') return { sentence: `${capitalized(message)}.`, status: 409 };
  if (error.code !== 'ERR_SCOPEGATE_VALUE') return undefined;
  const [field = ''] = message.split(' ', 1);
  const label = LABELS.get(field);
  if (label === undefined) return { sentence: `${capitalized(message)}.`, status: 400 };
  return { field, sentence: `${label}${message.slice(field.length)}.`, status: 400 };
};

/** Returns the sentence of a fault if it concerns this field. */
export const faultIn = (fault: FormFault | undefined, field: string): string | undefined =>
  fault?.field === field ? fault.sentence : undefined;
