import type { SecretInfo } from '../directory/application-info';
import { copyable } from '../pages/copyable';
import { opener } from '../pages/form';
import { html, type Content, type Html } from '../pages/html';
import { table } from '../pages/table';
import { time } from '../pages/time';
import type { Environment } from '../tokens/records';
import type { OwnApplication } from './own-applications';
import { tokenRequests, type Addresses, type ShownKey } from './token-requests';
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

const secrets = (visit: UserVisit, application: OwnApplication, { environment, secrets: all }: ShownKey): Html => {
  if (application.public) return html`<p class="hint">The application is public, so its key has no secret.</p>`;
  if (application.isDeclared) return html`<p class="hint">Ask the gateway's operator for the secret.</p>`;
  return table(
    `Secrets (${environment})`,
    HEADS,
    all.map((secret) => secretRow(visit, application, secret)),
  );
};

/** Renders the key of an application in one environment, with its secrets; nothing if there is none. */
export const keysOf = (
  visit: UserVisit,
  application: OwnApplication,
  environment: Environment,
  addresses: Addresses,
): Html => {
  const pair = application.keys[environment];
  if (pair === undefined) return html``;
  const key = { ...pair, environment };
  return html`<h2>${environment === 'production' ? 'Production keys' : 'Sandbox keys'}</h2>
    <dl>
      <dt>Consumer key</dt>
      <dd>${copyable('consumer-key', pair.clientId, `the ${environment} consumer key`, `key-${environment}`)}</dd>
    </dl>
    ${secrets(visit, application, key)} ${tokenRequests(visit, application, key, addresses)}`;
};
