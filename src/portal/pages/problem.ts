import { OAuthError, type DirectoryError } from '../../protocol/errors';
import type { Answer } from '../../pages/answer';
import { faultOf } from '../../pages/form-fault';
import { errorPage, problemPage as plainProblemPage } from '../../pages/problem-page';
import { HOME } from '../returns';

const BACK = { to: HOME, text: 'Back to the portal' };

const problemPage = (
  status: number,
  title: string,
  sentence: string,
  { headers = {}, next = BACK }: Pick<Extract<Answer, { readonly kind: 'page' }>, 'headers' | 'next'> = {},
): Answer => plainProblemPage(status, title, sentence, { headers, next });

/** Error pages. */
export const problem = {
  notFound: problemPage(404, 'Not found', 'This page does not exist or is not yours.'),
  forged: problemPage(
    403,
    'Form expired',
    'This form has expired. Nothing was changed. Open the page again, or sign in, and try again.',
    {
      next: { to: '/sign-in', text: 'Sign in' },
    },
  ),
  incomplete: problemPage(400, 'Incomplete form', 'The form is incomplete. Reload the page and try again.'),
  sentTwice: problemPage(
    409,
    'Already submitted',
    'This form was already submitted. Check the application page. If you missed the secret, add a new one there.',
    { next: { to: '/subscriptions', text: 'My applications' } },
  ),
  readOnly: problemPage(409, 'Read-only', "This is managed in the gateway's configuration. You can't change it here."),
  notAllowed: (methods: readonly string[]): Answer =>
    problemPage(405, 'Not allowed', 'This page does not support this request method.', {
      headers: { Allow: methods.join(', ') },
    }),
} as const;

/** Returns the page of an error. It contains only what is public about the error. */
export const problemOf = (error: OAuthError | DirectoryError): Answer => {
  if (error instanceof OAuthError) return errorPage(error, BACK);
  if (error.code === 'ERR_SCOPEGATE_NOT_FOUND') return problem.notFound;
  const fault = faultOf(error);
  if (fault === undefined) return problem.readOnly; // ERR_SCOPEGATE_DECLARED
  const title = error.code === 'ERR_SCOPEGATE_EXISTS' ? 'Already in use' : 'Not possible';
  return problemPage(fault.status, title, fault.sentence);
};
