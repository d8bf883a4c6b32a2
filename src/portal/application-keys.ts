import type { SecretInfo } from '../directory/application-info';
import { copyable, copyableLines } from '../pages/copyable';
import { opener } from '../pages/form';
import { html, type Content, type Html } from '../pages/html';
import { table } from '../pages/table';
import { time } from '../pages/time';
import type { Environment } from '../tokens/records';
import { tokenCurl } from './new-keys';
import type { OwnApplication } from './own-applications';
import type { UserVisit } from './visit';
import { applicationPath } from './application-path';

const HEADS = ['Label', 'Ends with', 'Created', 'Expires', 'Last used', ''];

const secretRow = (visit: UserVisit, { id }: OwnApplication, secret: SecretInfo): readonly Content[] => [
  secret.label ?? '—',
  secret.lastFour === undefined ? '' : `…${secret.lastFour}`,
  time(secret.createdAt),
  time(secret.expiresAt),
  time(secret.lastUsedAt),
  opener(visit, `${applicationPath(id)}/secrets/${secret.id}`, html`<button class="danger">Revoke</button>`),
];

const curl = (visit: UserVisit, tokenUrl: string, environment: Environment): Html =>
  html`<h3>Get a token with curl</h3>
    ${copyableLines(
      `curl-${environment}`,
      tokenCurl(tokenUrl, 'Authorization: Basic <base64 of consumer-key:consumer-secret>', visit.user.username),
      `the curl command (${environment})`,
    )}`;

/** Renders the key of an application in one environment, with its secrets; nothing if there is none. */
export const keysOf = (
  visit: UserVisit,
  application: OwnApplication,
  environment: Environment,
  tokenUrl: string | undefined,
): Html => {
  const pair = application.keys[environment];
  if (pair === undefined) return html``;
  const rows = pair.secrets.map((secret) => secretRow(visit, application, secret));
  return html`<h2>${environment === 'production' ? 'Production keys' : 'Sandbox keys'}</h2>
    <dl>
      <dt>Consumer key</dt>
      <dd>${copyable('consumer-key', pair.clientId, `the ${environment} consumer key`, `key-${environment}`)}</dd>
    </dl>
    ${
      application.isDeclared
        ? html`<p class="hint">Ask the gateway's operator for the secret.</p>`
        : table(`Secrets (${environment})`, HEADS, rows)
    }
    ${tokenUrl !== undefined && curl(visit, tokenUrl, environment)}`;
};
