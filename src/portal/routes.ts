import { redirect } from '../pages/answer';
import { adminDisablePages } from './pages/admin-disable';
import { adminApplicationPages } from './pages/admin-applications';
import { adminAuditPages } from './pages/admin-audit';
import { adminUserPages } from './pages/admin-users';
import { apiPages } from './pages/apis';
import { applicationPages } from './pages/application';
import { generateTokenPages } from './pages/generate-token';
import { organizationPages } from './pages/organization';
import { passwordPages } from './pages/password';
import { applicationRemovalPages } from './pages/remove-application';
import { secretPages } from './pages/secrets';
import { signInPages } from './pages/sign-in';
import { signUpPages } from './pages/sign-up';
import { revokeAllPages } from './pages/revoke-all';
import { subscriptionPages } from './pages/subscriptions';
import { tokenPages } from './pages/tokens';
import { tryItPages } from './pages/try-it';
import { unsubscribePages } from './pages/unsubscribe';
import { HOME } from './returns';
import { Router, type Route } from './router';
import type { PortalServices } from './services';

/** Returns all routes of the portal that require a sign-in. */
const signedInRoutes = (services: PortalServices): readonly Route[] => [
  { method: 'GET', path: '/', for: 'users', handle: () => redirect(HOME) },
  ...apiPages(services),
  ...subscriptionPages(services),
  ...unsubscribePages(services),
  ...applicationPages(services),
  ...secretPages(services),
  ...applicationRemovalPages(services),
  ...generateTokenPages(services),
  ...tryItPages(services),
  ...tokenPages(services),
  ...revokeAllPages(services),
  ...organizationPages(services),
  ...passwordPages(services),
  ...adminDisablePages(services),
  ...adminUserPages(services),
  ...adminApplicationPages(services),
  ...adminAuditPages(services),
];

/** Returns all routes of the portal. */
export const routesOf = (services: PortalServices): readonly Route[] => {
  const routes = signedInRoutes(services);
  return [...signInPages(services, new Router(routes)), ...signUpPages(services), ...routes];
};
