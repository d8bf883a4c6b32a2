import { page } from '../../pages/answer';
import { form } from '../../pages/form';
import { html } from '../../pages/html';
import { problemPage } from '../../pages/problem-page';
import type { PageAnswer } from '../outcome';
import { contextOf, type Visit } from '../visit';

const AGAIN = 'Go back to the application and start again.';

/** Error pages that do not send the browser to an application. */
export const problems = {
  /** The request waited too long, has been answered, or was sent by another browser. */
  ended: problemPage(
    400,
    'Request ended',
    `This request has expired, has been answered already, or was begun in another browser. ${AGAIN}`,
  ),
  forged: problemPage(403, 'Form expired', `This form has expired. Nothing was changed. ${AGAIN}`),
  notFound: problemPage(404, 'Not found', 'This page does not exist.'),
  tooManyConsents: problemPage(
    409,
    'Too many applications',
    `You have reached the maximum number of applications with your consent. Revoke some of them under My tokens. ${AGAIN}`,
  ),
  notAllowed: (methods: string): PageAnswer =>
    problemPage(405, 'Not allowed', `This address accepts only ${methods}. ${AGAIN}`, { headers: { Allow: methods } }),
} as const;

/** Creates the page for a user who may not use the application. */
export const wrongUserPage = (visit: Visit, transactionId: string, user: string, application: string): PageAnswer => {
  const context = contextOf(visit, transactionId);
  const answer = page(
    'Not possible',
    html`<p role="alert"><strong>${user}</strong> may not use ${application}.</p>
      <p><a href="${visit.mount}/sign-in?transaction=${transactionId}">Sign in as another user</a></p>
      ${form(
        context,
        '/decision',
        html`<input type="hidden" name="transaction" value="${transactionId}" />
          <button name="decision" value="deny">Back to the application</button>`,
      )}`,
    403,
  );
  return answer as PageAnswer;
};
