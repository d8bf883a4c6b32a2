import type { IssuedTokens } from '../tokens/issued-tokens';
import { printScope } from '../protocol/scope';
import { durationOf } from '../pages/duration';
import { time } from '../pages/time';
import { notice } from '../pages/notice';
import { copyable } from '../pages/copyable';
import { html, type Html } from '../pages/html';
import { link } from '../pages/form';
import { whyNotGranted } from './not-granted';
import type { TokenChoice } from './scope-boxes';
import type { PortalServices } from './services';
import type { UserVisit } from './visit';

/** Renders a generated token, with the scopes that were not granted and why. The token is shown only this once. */
export const issuedToken = (
  visit: UserVisit,
  choice: TokenChoice,
  given: IssuedTokens,
  services: PortalServices,
): Html => {
  const { client, clientValue, tokenFor, scopes } = choice;
  const notGranted = [...scopes].filter((scope) => !given.scopes.includes(scope));
  const granted = html`<code data-testid="granted-scope">${printScope(given.scopes)}</code>`;
  return html`<div data-token-result data-token-client="${clientValue}">
    ${notice(
      'done',
      html`Copy the token now. It won't be shown again. It expires in ${durationOf(given.expiresIn)}, at
      ${time(services.clock() + given.expiresIn)}.`,
    )}
    <dl>
      <dt>Access token</dt>
      <dd>${copyable('access-token', given.accessToken, 'the access token')}</dd>
      ${
        given.refreshToken !== undefined &&
        html`<dt>Refresh token</dt>
          <dd>${copyable('refresh-token', given.refreshToken, 'the refresh token')}</dd>`
      }
      <dt>Scopes</dt>
      <dd>${given.scopes.length === 0 ? html`none (the token carries the placeholder scope ${granted})` : granted}</dd>
    </dl>
    ${
      notGranted.length > 0 &&
      html`<h2>Not granted</h2>
        <ul data-testid="left-out">
          ${notGranted.map((scope) => {
            const reason = whyNotGranted(scope, client, tokenFor, services) ?? 'your rights have changed; try again';
            return html`<li><code>${scope}</code>: ${reason}</li>`;
          })}
        </ul>`
    }
    <p>${link(visit, '/try-it', 'Try it')} · ${link(visit, '/tokens', 'My tokens')}</p>
  </div>`;
};
