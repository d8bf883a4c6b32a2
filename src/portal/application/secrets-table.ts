import type { SecretInfo } from '../../directory/application-info';
import { opener } from '../../pages/form';
import { html, type Content, type Html } from '../../pages/html';
import { table } from '../../pages/table';
import { time } from '../../pages/time';
import type { Environment } from '../../tokens/records';
import { applicationPath } from './application-path';
import type { OwnApplication } from './own-applications';
import type { UserVisit } from '../visit';

const row = (visit: UserVisit, { id }: OwnApplication, secret: SecretInfo): readonly Content[] => [
  secret.label ?? '—',
  secret.lastFour === undefined ? '' : html`<span id="secret-${secret.id}">…${secret.lastFour}</span>`,
  time(secret.createdAt, visit.texts),
  time(secret.expiresAt, visit.texts),
  time(secret.lastUsedAt, visit.texts),
  opener(
    visit,
    `${applicationPath(id)}/secrets/${secret.id}`,
    html`<button class="danger" ${secret.lastFour !== undefined && html`aria-describedby="secret-${secret.id}"`}>
      ${visit.texts.secrets.revoke}
    </button>`,
  ),
];

/** Renders the secrets of a key, or why it has none that the user can manage. */
export const secretsTable = (visit: UserVisit, application: OwnApplication, environment: Environment): Html => {
  const { secrets: texts } = visit.texts;
  if (application.public) return html`<p class="hint">${texts.publicKey}</p>`;
  if (application.isDeclared) return html`<p class="hint">${texts.declaredKey}</p>`;
  const { label, lastFour, created, expires, lastUsed } = texts.heads;
  return table(
    texts.table[environment],
    [label, lastFour, created, expires, lastUsed, ''],
    (application.keys[environment]?.secrets ?? []).map((secret) => row(visit, application, secret)),
  );
};
