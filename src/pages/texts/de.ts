import { frame } from './de/frame';
import { welcome } from './de/welcome';
import { phrases } from './de/phrases';
import { signIn } from './de/sign-in';
import { apis } from './de/apis';
import { agent } from './de/agent';
import { api } from './de/api';
import { tryIt } from './de/try-it';
import { tokens } from './de/tokens';
import { keys } from './de/keys';
import { tryItPanel } from './de/try-it-panel';
import { tryItScript } from './de/try-it-script';
import { snippets } from './de/snippets';
import { issuedTokens } from './de/issued-tokens';
import { applications } from './de/applications';
import { secrets } from './de/secrets';
import { myTokens } from './de/my-tokens';
import { lists } from './de/lists';
import { consents } from './de/consents';
import { clientType } from './de/client-type';
import { application } from './de/application';
import { endings } from './de/endings';
import { plans } from './de/plans';
import { states } from './de/states';
import { usage } from './de/usage';
import { users } from './de/users';
import { user } from './de/user';
import { setPassword } from './de/set-password';
import { adminApplications } from './de/admin-applications';
import { approvals } from './de/approvals';
import { audit } from './de/audit';
import { authorize } from './de/authorize';
import { account } from './de/account';
import { explanations } from './de/explanations';
import { problems } from './de/problems';
import { faults } from './de/faults';
import { requests } from './de/requests';
import { redirectUris } from './de/redirect-uris';
import type { Texts } from './texts';

/** The texts in German. */
export const de: Texts = {
  frame,
  welcome,
  phrases,
  signIn,
  apis,
  agent,
  api,
  tryIt,
  tokens,
  keys,
  tryItPanel,
  tryItScript,
  snippets,
  issuedTokens,
  applications,
  application,
  clientType,
  consents,
  lists,
  myTokens,
  secrets,
  endings,
  plans,
  states,
  usage,
  users,
  user,
  setPassword,
  adminApplications,
  approvals,
  audit,
  authorize,
  account,
  explanations,
  problems,
  faults,
  redirectUris,
  requests,
};
