import type { GeneratedKeys } from '../directory/application-info';
import { copyable, copyableLines } from '../pages/copyable';
import { html, type Html } from '../pages/html';
import { link } from '../pages/form';
import { basicHeader, passwordCurl } from './curl';
import { applicationPath } from './application-path';
import type { OwnApplication } from './own-applications';
import type { UserVisit } from './visit';

/** Renders a new key and secret, with everything the secret is needed for. The secret is shown only this once. */
export const newKeys = (visit: UserVisit, keys: GeneratedKeys, tokenUrl: string | undefined): Html => {
  const { clientId, clientSecret } = keys;
  const header = basicHeader(clientId, clientSecret);
  const env = `CONSUMER_KEY=${clientId}\nCONSUMER_SECRET=${clientSecret}\n`;
  return html`<p class="notice done" role="status">
      Copy the secret now. You won't be able to see it again. If you lose it, generate a new one.
    </p>
    <dl>
      <dt>Consumer key</dt>
      <dd>${copyable('consumer-key', clientId, 'the consumer key')}</dd>
      <dt>Consumer secret</dt>
      <dd>${copyable('consumer-secret', clientSecret, 'the consumer secret')}</dd>
    </dl>
    <h2>.env file</h2>
    ${copyableLines('env', env, 'the lines for a .env file')}
    <p><button type="button" class="plain" data-download="env" data-name=".env" hidden>Save as .env</button></p>
    <h2>Authorization header for token requests</h2>
    ${copyableLines('basic-header', header, 'the Basic header')}
    ${
      tokenUrl !== undefined &&
      html`<h2>Get a token with curl</h2>
        ${copyableLines('curl', passwordCurl(tokenUrl, header, visit.user.username), 'the curl command')}`
    }
    <p>${link(visit, '/generate-token', 'Generate a token')} · ${link(visit, '/subscriptions', 'Done')}</p>`;
};

/** Renders the new key of a public application. */
export const newPublicKey = (
  visit: UserVisit,
  { id }: OwnApplication,
  { clientId }: Pick<GeneratedKeys, 'clientId'>,
): Html =>
  html`<p class="notice done" role="status">
      This key has no secret: the application is public. Its users sign in with the authorization code and PKCE.
    </p>
    <dl>
      <dt>Consumer key</dt>
      <dd>${copyable('consumer-key', clientId, 'the consumer key')}</dd>
    </dl>
    <p>
      ${link(visit, applicationPath(id), 'How to get a token')} · ${link(visit, '/generate-token', 'Generate a token')}
      · ${link(visit, '/subscriptions', 'Done')}
    </p>`;
