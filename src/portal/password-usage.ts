import { html, type Html } from '../pages/html';
import { counted } from '../pages/duration';
import { printDay } from '../protocol/days';
import { PASSWORD_USAGE_DAYS } from '../tokens/password-uses';
import type { OwnApplication } from './own-applications';
import type { PortalServices } from './services';

/** Checks whether the application may use the password grant. */
const mayUsePassword = ({ grantTypes, public: isPublic }: OwnApplication): boolean =>
  !isPublic && grantTypes?.includes('password') !== false;

/** Renders how often the application used the password grant lately; nothing if it did not and may not. */
export const passwordUsage = async (
  application: OwnApplication,
  { passwordUses, authorizeUrl }: Pick<PortalServices, 'passwordUses' | 'authorizeUrl'>,
): Promise<Html> => {
  const { organization, keys } = application;
  const clients = Object.values(keys).map(({ clientId }) => ({ clientId, organization }));
  if (clients.length === 0) return html``;
  const { grants, lastDay } = await passwordUses.findFreshUsage(clients);
  if (grants === 0) {
    return html`${mayUsePassword(application) && html`<p>Password grant: no tokens in the last ${PASSWORD_USAGE_DAYS} days.</p>`}`;
  }
  return html`<p>
    Password grant: ${counted(grants, 'token')} in the last ${PASSWORD_USAGE_DAYS}
    days${lastDay !== undefined && `, last on ${printDay(lastDay)} (UTC)`}.
    ${
      authorizeUrl !== undefined &&
      !application.isDeclared &&
      html`To leave it, <a href="#redirectUris">set redirect URIs</a> and use the authorization code.`
    }
  </p>`;
};
