import { html, type Html } from '../../pages/html';
import { printDay } from '../../protocol/days';
import { PASSWORD_USAGE_DAYS } from '../../tokens/password-uses';
import type { OwnApplication } from './own-applications';
import type { PageServices } from '../page-services';
import type { UserVisit } from '../visit';

/** Checks whether the application may use the password grant. */
const mayUsePassword = ({ grantTypes, public: isPublic }: OwnApplication): boolean =>
  !isPublic && grantTypes?.includes('password') !== false;

/** Renders how often the application used the password grant lately; `undefined` if it did not and may not. */
export const passwordUsage = async (
  { texts: { clientType } }: UserVisit,
  application: OwnApplication,
  { passwordUses, authorizeUrl }: Pick<PageServices, 'passwordUses' | 'authorizeUrl'>,
): Promise<Html | undefined> => {
  const { organization, keys, isDeclared } = application;
  const clients = Object.values(keys).map(({ clientId }) => ({ clientId, organization }));
  if (clients.length === 0) return undefined;
  const { grants, lastDay } = await passwordUses.findFreshUsage(clients);
  if (grants === 0) {
    return mayUsePassword(application) ? html`<p>${clientType.noPasswordGrants(PASSWORD_USAGE_DAYS)}</p>` : undefined;
  }
  const last = lastDay === undefined ? undefined : printDay(lastDay);
  return html`<p>
    ${clientType.passwordGrants(grants, PASSWORD_USAGE_DAYS, last)}
    ${authorizeUrl !== undefined && !isDeclared && html`<a href="#redirectUris">${clientType.leavePasswordGrant}</a>`}
  </p>`;
};
