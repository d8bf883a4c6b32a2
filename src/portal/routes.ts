import { redirect } from '../pages/answer';
import type { PageOf, PortalPage } from './page';
import type { PageServices } from './page-services';
import { adminApplicationPage } from './pages/admin-application';
import { disableApplicationPage, unsubscribeApplicationPage } from './pages/admin-application-endings';
import { adminApplicationsPage } from './pages/admin-applications';
import { adminApprovalsPage } from './pages/admin-approvals';
import { adminAuditCsv } from './pages/admin-audit-csv';
import { adminAuditPage } from './pages/admin-audit';
import { newUserPage } from './pages/admin-new-user';
import { adminUserPage } from './pages/admin-user';
import { disableUserPage, removeUserPage, signOutUserPage } from './pages/admin-user-endings';
import { adminUsagePage } from './pages/admin-usage';
import { adminUsersPage } from './pages/admin-users';
import { agentPage } from './pages/agent';
import { apiDocumentPage } from './pages/api-document';
import { apiPage } from './pages/api';
import { apisPage } from './pages/apis';
import { applicationPage } from './pages/application';
import { applicationUsagePage } from './pages/application-usage';
import { generateTokenPage } from './pages/generate-token';
import { languagePage } from './pages/language';
import { organizationPage } from './pages/organization';
import { passwordPage } from './pages/password';
import { removeApplicationPage } from './pages/remove-application';
import { revokeApplicationTokensPage } from './pages/revoke-application-tokens';
import { revokeAllPage } from './pages/revoke-all';
import { secretPage } from './pages/secrets';
import { setPasswordPage } from './pages/set-password';
import { signInPage } from './pages/sign-in';
import { signOutEverywherePage } from './pages/sign-out-everywhere';
import { signUpPage } from './pages/sign-up';
import { subscribePage } from './pages/subscribe';
import { subscriptionsPage } from './pages/subscriptions';
import { tokensPage } from './pages/tokens';
import { tryItPage } from './pages/try-it';
import { unsubscribePage } from './pages/unsubscribe';
import { usagePage } from './pages/usage';
import { HOME } from './returns';
import type { Route, RouteOf } from './router';
import type { Visit } from './visit';

/** Every page of the portal. The navigation has the same order. */
export const PAGES: readonly PortalPage[] = [
  signInPage,
  signUpPage,
  setPasswordPage,
  languagePage,
  apisPage,
  apiPage,
  agentPage,
  apiDocumentPage,
  subscribePage,
  subscriptionsPage,
  unsubscribePage,
  applicationPage,
  secretPage,
  revokeApplicationTokensPage,
  removeApplicationPage,
  generateTokenPage,
  tryItPage,
  tokensPage,
  revokeAllPage,
  usagePage,
  applicationUsagePage,
  organizationPage,
  passwordPage,
  signOutEverywherePage,
  adminUsersPage,
  newUserPage,
  adminUserPage,
  disableUserPage,
  removeUserPage,
  signOutUserPage,
  adminApprovalsPage,
  adminApplicationsPage,
  adminApplicationPage,
  disableApplicationPage,
  unsubscribeApplicationPage,
  adminUsagePage,
  adminAuditPage,
  adminAuditCsv,
];

const root: Route = { method: 'GET', path: '/', for: 'readers', handle: () => redirect(HOME) };

const routesOfPage = <For extends Route['for'], V extends Visit>({
  path,
  for: users,
  show,
  forms = [],
}: PageOf<For, V>): readonly RouteOf<For, V>[] => [
  { method: 'GET', path, for: users, handle: show },
  ...forms.map((form): RouteOf<For, V> => ({ method: 'POST', for: users, ...form })),
];

const isForVisitors = (page: PortalPage): page is Extract<PortalPage, PageOf<'anyone' | 'readers', Visit>> =>
  page.for === 'anyone' || page.for === 'readers';

/** Returns the routes of a portal's pages and of their forms. */
export const routesOf = (services: PageServices): readonly Route[] => [
  root,
  ...PAGES.filter(({ isEnabled }) => isEnabled?.(services) !== false).flatMap((page): readonly Route[] =>
    isForVisitors(page) ? routesOfPage(page) : routesOfPage(page),
  ),
];
