import { page, redirect, type Answer } from '../../pages/answer';
import { opener } from '../../pages/form';
import { html, type Html } from '../../pages/html';
import { isGrantId } from '../../protocol/secrets';
import { applicationPath } from '../application/application-path';
import { doneRemark } from '../forms/done';
import { consentsSection, revokeOwnConsent } from '../tokens/consents';
import { liveTokens } from '../tokens/live-tokens';
import { findTokenScope, ownersIn, tokenFilter, type TokenScope } from '../tokens/token-scope';
import { listQuery } from '../numbered-page';
import { findGrant, findGrants } from '../tokens/own-grants';
import type { PortalPage } from '../page';
import type { PageServices } from '../page-services';
import { revokeButtonId } from '../tokens/tokens-table';
import { actorOf, type UserVisit } from '../visit';
import { problem } from './problem';

const remarks = ({ texts: { myTokens } }: UserVisit): Readonly<Record<string, string>> => ({
  revoked: myTokens.revoked,
  'revoked-all': myTokens.revokedAll,
  'revoked-all-and-consents': myTokens.revokedAllAndConsents,
  'consent-revoked': myTokens.consentRevoked,
});

/** Renders the button that leads to the confirmation before all tokens of the scope end. */
const revokeAllOpener = (visit: UserVisit, { chosen }: TokenScope): Html => {
  const { myTokens, application } = visit.texts;
  return chosen === undefined
    ? opener(visit, '/tokens/revoke-all', html`<button class="danger">${myTokens.revokeAll}</button>`)
    : opener(
        visit,
        `${applicationPath(chosen.id)}/revoke-tokens`,
        html`<button class="danger">${application.revokeAll}</button>`,
      );
};

const show = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { myTokens, tokens } = visit.texts;
  const scope = await findTokenScope(visit, services);
  if (scope === undefined) return problem.notFound;
  const consents = scope.chosen === undefined ? await consentsSection(visit, services) : undefined;
  const found = await findGrants(ownersIn(visit, scope), services);
  return page(
    tokens.mine,
    html`<div class="stays">${doneRemark(visit, remarks(visit))}</div>
      ${
        consents !== undefined &&
        html`${consents}
          <h2>${myTokens.live}</h2>`
      }
      ${tokenFilter(visit, scope)} ${await liveTokens(visit, scope, found, services)}
      ${(found.grants.length > 0 || consents !== undefined) && revokeAllOpener(visit, scope)}`,
  );
};

/** Returns the page from which a token was revoked, at the row that has taken its place. */
const backToRow = (given: UserVisit['form']): string => {
  const [next = '', number = ''] = [given.get('next'), given.get('page')];
  const parameters = { application: given.get('application') ?? '', done: 'revoked' };
  const fragment = isGrantId(next) ? `#${revokeButtonId(next)}` : '';
  return `/tokens${listQuery({ parameters }, /^\d{1,9}$/.test(number) ? Number(number) : 1)}${fragment}`;
};

const revoke = async (visit: UserVisit, services: PageServices): Promise<Answer> => {
  const { user, params, form: given } = visit;
  const applications = await services.ownApplications.list(user);
  const grant = await findGrant(params['grant'], ownersIn(visit, { applications, chosen: undefined }), services);
  if (grant === undefined) return problem.notFound;
  const { grantId, clientId, subject } = grant;
  await services.tokens.revoke({ grantId });
  const target = subject === undefined ? {} : { target: subject };
  services.audit.note({ action: 'revoke_token', ...actorOf(user), clientId, ...target });
  return redirect(backToRow(given));
};

export const tokensPage: PortalPage = {
  path: '/tokens',
  title: (texts) => texts.tokens.mine,
  for: 'users',
  navigation: 'user',
  isReturnTarget: true,
  show,
  forms: [
    { path: '/tokens/:grant/revoke', handle: revoke },
    { path: '/tokens/consents/:consent/revoke', handle: revokeOwnConsent },
  ],
};
