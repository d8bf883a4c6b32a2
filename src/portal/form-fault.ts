import { DirectoryError } from '../protocol/errors';

/** A fault of a submitted form. */
export interface FormFault {
  /** The field's name; absent when it is not about one field. */
  readonly field?: string;
  readonly sentence: string;
  readonly status: 400 | 409;
}

/** The labels of the fields that messages of management calls begin with. */
const LABELS: ReadonlyMap<string, string> = new Map([
  ['username', 'The user name'],
  ['password', 'The password'],
  ['organization', 'The organization'],
  ['name', 'The name'],
  ['label', 'The label'],
  ['expires', 'The expiry date'],
]);

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** The fault that an error stands for; `undefined` for an error that is about no form. */
export const faultOf = (error: unknown): FormFault | undefined => {
  if (!(error instanceof DirectoryError)) return undefined;
  if (error.code === 'ERR_SCOPEGATE_EXISTS') return { sentence: 'This name is already in use.', status: 409 };
  if (error.code !== 'ERR_SCOPEGATE_VALUE') return undefined;
  const message = error.message.replace(/^ERR_\w+: /, '');
  const [field = ''] = message.split(' ', 1);
  const label = LABELS.get(field);
  if (label === undefined) return { sentence: `${capitalized(message)}.`, status: 400 };
  return { field, sentence: `${label}${message.slice(field.length)}.`, status: 400 };
};

/** Finds the fault of one field of a form. */
export const faultIn = (fault: FormFault | undefined, field: string): string | undefined =>
  fault?.field === field ? fault.sentence : undefined;
