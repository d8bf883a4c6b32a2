import { form } from '../../pages/form';
import { html } from '../../pages/html';
import { problemAnswer, type PageAnswer, type ProblemAnswer } from '../../pages/problem-page';
import { contextOf, type Visit } from '../visit';

/** Error pages that do not send the browser to an application. */
export const problems = {
  /** The request waited too long, has been answered, or was sent by another browser. */
  ended: problemAnswer(400, ({ authorize }) => authorize.ended),
  forged: problemAnswer(403, ({ authorize }) => authorize.forged),
  notFound: problemAnswer(404, ({ authorize }) => authorize.notFound),
  tooManyConsents: problemAnswer(409, ({ authorize, tokens }) => authorize.tooManyConsents(tokens.mine)),
  notAllowed: (methods: string): ProblemAnswer =>
    problemAnswer(405, ({ authorize }) => authorize.notAllowed(methods), { headers: { Allow: methods } }),
} as const;

/** Creates the page for a user who may not use the application. */
export const wrongUserPage = (visit: Visit, transactionId: string, user: string, application: string): PageAnswer => {
  const { authorize } = visit.texts;
  const context = contextOf(visit, transactionId);
  return {
    kind: 'page',
    status: 403,
    title: authorize.wrongUser.title,
    body: html`<p role="alert">${authorize.wrongUser.sentence(html`<strong>${user}</strong>`, application)}</p>
      <p><a href="${visit.mount}/sign-in?transaction=${transactionId}">${authorize.signInAsAnother}</a></p>
      ${form(
        context,
        '/decision',
        html`<input type="hidden" name="transaction" value="${transactionId}" />
          <button name="decision" value="deny">${authorize.back}</button>`,
      )}`,
  };
};
