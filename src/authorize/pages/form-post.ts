import { html, type Html } from '../../pages/html';
import type { Texts } from '../../pages/texts/texts';
import type { AuthorizationResponse } from '../authorization-response';

/** Renders the form that sends a response by POST (OAuth 2.0 Form Post Response Mode §2). A script submits it. */
export const formPost = (
  { recipient: { redirectUri }, parameters }: AuthorizationResponse,
  { authorize }: Texts,
): Html =>
  html`<form method="post" action="${redirectUri}">
    ${Object.entries(parameters).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
    <button>${authorize.proceed}</button>
  </form>`;
