import type { Directory } from '../../directory/directory';
import { form } from '../../pages/form';
import { html, type Html } from '../../pages/html';
import { signInForm } from '../../pages/sign-in-form';
import type { PageAnswer } from '../../pages/problem-page';
import { contextOf, type Visit } from '../visit';

export interface SignInPage {
  readonly transactionId: string;
  /** Name of the application that asks. */
  readonly application: string;
  readonly username: string | undefined;
  readonly remark?: Html;
}

/** Creates the page on which a user signs in for an application. */
export const signInPage = async (
  visit: Visit,
  { transactionId, application, username, remark }: SignInPage,
  directory: Pick<Directory, 'organizations'>,
): Promise<PageAnswer> => {
  const context = contextOf(visit, transactionId);
  const { authorize, signIn, phrases } = visit.texts;
  const hidden = html`<input type="hidden" name="transaction" value="${transactionId}" />`;
  return {
    kind: 'page',
    title: signIn.signIn,
    body: html`<p>${authorize.continueTo(html`<strong>${application}</strong>`)}</p>
      ${remark}
      ${await signInForm({ ...context, texts: visit.texts }, { action: '/sign-in', hidden, username }, directory)}
      ${form(context, '/decision', hidden, html`<button name="decision" value="deny" class="plain">${phrases.cancel}</button>`)}`,
  };
};
