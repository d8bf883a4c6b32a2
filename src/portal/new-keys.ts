import type { GeneratedKeys } from '../directory/application-info';
import { copyable, copyableLines } from '../pages/copyable';
import { html, type Html } from '../pages/html';
import { link } from '../pages/form';
import { isLoopbackHost } from '../pages/origin';
import type { UserVisit } from './visit';

/** Encodes one half of Basic credentials (RFC 6749 §2.3.1, appendix B). */
const encode = (text: string): string => encodeURIComponent(text).replaceAll('%20', '+');

export const basicHeader = (clientId: string, clientSecret: string): string =>
  `Authorization: Basic ${Buffer.from(`${encode(clientId)}:${encode(clientSecret)}`).toString('base64')}`;

/** Quotes a text for a shell, in single quotes. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Checks whether no public authority can have issued the server's certificate: https on a loopback address. */
const isSelfSigned = (address: string): boolean => {
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' && isLoopbackHost(hostname);
};

/** Formats the token request as a shell command. Text in angle brackets is a placeholder for the user to fill in. */
export const tokenCurl = (tokenUrl: string, header: string, username: string): string =>
  [
    `curl${isSelfSigned(tokenUrl) ? ' -k' : ''} -d ${quoted(`grant_type=password&username=${encode(username)}&password=<password>&scope=<scope>`)}`,
    `     -H ${quoted(header)}`,
    `     -H 'Content-Type: application/x-www-form-urlencoded' ${tokenUrl}`,
  ].join(' \\\n');

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
        ${copyableLines('curl', tokenCurl(tokenUrl, header, visit.user.username), 'the curl command')}`
    }
    <p>${link(visit, '/generate-token', 'Generate a token')} · ${link(visit, '/subscriptions', 'Done')}</p>`;
};
