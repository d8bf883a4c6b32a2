import type { IssuedTokens } from '../../tokens/issued-tokens';
import { printScope } from '../../protocol/scope';
import { time } from '../../pages/time';
import { notice } from '../../pages/notice';
import { copyable } from '../../pages/copyable';
import { html, type Html } from '../../pages/html';
import { link } from '../../pages/form';
import { whyNotGranted } from './not-granted';
import type { TokenChoice } from './scope-boxes';
import type { PortalServices } from '../services';
import type { UserVisit } from '../visit';

/** Renders a generated token, with the scopes that were not granted and why. The token is shown only this once. */
export const issuedToken = (
  visit: UserVisit,
  choice: TokenChoice,
  given: IssuedTokens,
  services: PortalServices,
): Html => {
  const { clientValue, scopes } = choice;
  const { issuedTokens, tryIt, tokens } = visit.texts;
  const notGranted = [...scopes].filter((scope) => !given.scopes.includes(scope));
  const granted = html`<code data-testid="granted-scope">${printScope(given.scopes)}</code>`;
  return html`<div data-token-result data-token-client="${clientValue}">
    ${notice(
      'warning',
      html`${issuedTokens.copyNow(given.expiresIn)} ${time(services.clock() + given.expiresIn, visit.texts)}.`,
    )}
    <dl>
      <dt>${issuedTokens.accessToken}</dt>
      <dd>${copyable('access-token', given.accessToken, issuedTokens.accessTokenLabel)}</dd>
      ${
        given.refreshToken !== undefined &&
        html`<dt>${issuedTokens.refreshToken}</dt>
          <dd>${copyable('refresh-token', given.refreshToken, issuedTokens.refreshTokenLabel)}</dd>`
      }
      <dt>${issuedTokens.scopes}</dt>
      <dd>${given.scopes.length === 0 ? html`${issuedTokens.placeholder} ${granted}` : granted}</dd>
    </dl>
    ${
      notGranted.length > 0 &&
      html`<h2>${issuedTokens.notGranted}</h2>
        <ul data-testid="left-out">
          ${notGranted.map((scope) => {
            const reason = whyNotGranted(scope, choice, services, visit.texts) ?? issuedTokens.rightsChanged;
            return html`<li><code>${scope}</code>: ${reason}</li>`;
          })}
        </ul>`
    }
    <p>${link(visit, '/try-it', tryIt.title)} · ${link(visit, '/tokens', tokens.mine)}</p>
  </div>`;
};
