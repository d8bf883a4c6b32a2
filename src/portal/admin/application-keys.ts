import { ENVIRONMENTS } from '../../directory/key-pairs';
import { html, type Html } from '../../pages/html';
import { table } from '../../pages/table';
import { time } from '../../pages/time';
import type { Environment } from '../../tokens/records';
import type { OwnApplication } from '../application/own-applications';
import type { UserVisit } from '../visit';

const secrets = ({ texts }: UserVisit, application: OwnApplication, environment: Environment): Html => {
  const { adminApplications } = texts;
  if (application.public) return html`<p class="hint">${texts.secrets.publicKey}</p>`;
  if (application.isDeclared) return html`<p class="hint">${adminApplications.declaredSecrets}</p>`;
  const known = application.keys[environment]?.secrets ?? [];
  if (known.length === 0) return html`<p class="hint">${adminApplications.noSecret}</p>`;
  const { label, lastFour, created, expires, lastUsed } = texts.secrets.heads;
  return table(
    texts.secrets.table[environment],
    [label, lastFour, created, expires, lastUsed],
    known.map((secret) => [
      secret.label ?? '—',
      secret.lastFour === undefined ? '—' : html`<code>…${secret.lastFour}</code>`,
      time(secret.createdAt, texts),
      time(secret.expiresAt, texts),
      time(secret.lastUsedAt, texts),
    ]),
  );
};

/** Renders the keys of an application for an administrator: what distinguishes its secrets, and never a secret. */
export const managedKeys = (visit: UserVisit, application: OwnApplication): Html => {
  const { texts } = visit;
  const present = ENVIRONMENTS.flatMap((environment) => {
    const clientId = application.keys[environment]?.clientId;
    return clientId === undefined ? [] : [{ environment, clientId }];
  });
  if (present.length === 0) return html`<p>${texts.adminApplications.noKey}</p>`;
  return html`${present.map(
    ({ environment, clientId }) =>
      html`<h3>${texts.secrets.environments[environment]}</h3>
        <p><code>${clientId}</code></p>
        ${secrets(visit, application, environment)}`,
  )}`;
};
