import { OAuthError, type DirectoryError } from '../../protocol/errors';
import type { Answer } from '../answer';
import { html } from '../html';

const problemPage = (
  status: number,
  title: string,
  sentence: string,
  headers: Readonly<Record<string, string>> = {},
): Answer => ({ kind: 'page', status, title, headers, body: html`<p role="alert">${sentence}</p>` });

/** Pages that say what is wrong. */
export const problem = {
  notFound: problemPage(404, 'Not found', 'There is no such page, or nothing of yours there.'),
  forged: problemPage(
    403,
    'Not sent from here',
    'The form does not come from a page of this Store, or is older than your session. Go back, load the page again and send it once more.',
  ),
  incomplete: problemPage(
    400,
    'Malformed request',
    'The form is not whole. Load its page again and send it once more.',
  ),
  sentTwice: problemPage(
    409,
    'Sent twice',
    'This form has been sent already. Look whether what it asked for is there before you send another.',
  ),
  readOnly: problemPage(
    409,
    'Read-only',
    'This is declared by the operator of the gateway and cannot be changed here.',
  ),
  notAllowed: (methods: readonly string[]): Answer =>
    problemPage(405, 'Not allowed', 'This page does not take requests of this kind.', { Allow: methods.join(', ') }),
} as const;

const TITLES: Readonly<Record<number, string>> = {
  400: 'Malformed request',
  408: 'Too slow',
  413: 'Too long',
  415: 'Malformed request',
  429: 'Too many attempts',
  503: 'Not available',
};

/** What may be said of an error; nothing else gets through. */
export const problemOf = (error: OAuthError | DirectoryError): Answer => {
  if (error instanceof OAuthError) {
    const { status, message, headers } = error;
    const wait = headers['Retry-After'];
    const sentence = wait === undefined ? message : `${message} Wait ${wait} s before the next attempt.`;
    return problemPage(status, TITLES[status] ?? 'Something went wrong', sentence, headers);
  }
  if (error.code === 'ERR_SCOPEGATE_NOT_FOUND') return problem.notFound;
  if (error.code === 'ERR_SCOPEGATE_DECLARED') return problem.readOnly;
  if (error.code === 'ERR_SCOPEGATE_EXISTS') return problemPage(409, 'Taken', 'There is one of that name already.');
  return problemPage(400, 'Not possible', `${error.message.replace(/^ERR_\w+: /, '')}.`);
};
