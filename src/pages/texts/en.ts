import { frame } from './en/frame';
import { welcome } from './en/welcome';
import { phrases } from './en/phrases';
import { signIn } from './en/sign-in';
import { apis } from './en/apis';
import { agent } from './en/agent';
import { api } from './en/api';
import { tryIt } from './en/try-it';
import { tokens } from './en/tokens';
import { keys } from './en/keys';
import { tryItPanel } from './en/try-it-panel';
import { tryItScript } from './en/try-it-script';
import { snippets } from './en/snippets';
import { issuedTokens } from './en/issued-tokens';
import { applications } from './en/applications';
import { secrets } from './en/secrets';
import { myTokens } from './en/my-tokens';
import { lists } from './en/lists';
import { consents } from './en/consents';
import { clientType } from './en/client-type';
import { application } from './en/application';
import { endings } from './en/endings';
import { plans } from './en/plans';
import { states } from './en/states';
import { usage } from './en/usage';
import { users } from './en/users';
import { user } from './en/user';
import { setPassword } from './en/set-password';
import { adminApplications } from './en/admin-applications';
import { approvals } from './en/approvals';
import { audit } from './en/audit';
import { authorize } from './en/authorize';
import { account } from './en/account';
import { explanations } from './en/explanations';
import { problems } from './en/problems';
import { faults } from './en/faults';
import { requests } from './en/requests';
import { redirectUris } from './en/redirect-uris';

/** The texts in English. Their shape is that of every language. */
export const en = {
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
