import type { AuditLog } from '../audit/audit-log';
import type { AuditRecorder } from '../audit/recorder';
import type { Consents } from '../consents/consents';
import type { Applications } from '../directory/applications';
import type { Directory } from '../directory/directory';
import type { PasswordRule } from '../directory/password-rule';
import type { Passwords } from '../directory/passwords';
import type { ResourceOwners } from '../sign-in/resource-owners';
import type { PasswordLinks } from '../directory/password-links';
import type { ManagedSignUps } from '../directory/sign-ups';
import type { Users } from '../directory/users';
import type { WorkPlace } from '../directory/work-queue';
import type { GuardedScopes } from '../access/guarded-scopes';
import type { ResourceIndicators } from '../access/resource-indicators';
import type { OwnManagedTokens } from '../grants/managed-tokens';
import type { ScopePolicy } from '../access/scope-policy';
import type { Explanation } from '../guard/explanation';
import type { RequestToExplain } from '../guard/explain-target';
import type { Emit } from '../events/emitter';
import type { Logger } from '../events/logger';
import type { ObservedRequests } from '../events/request-facts';
import type { CheckedLook, PortalLook } from '../options/portal-look';
import type { FormReader } from '../endpoints/body';
import type { Api } from '../access/api';
import type { ScopeRules } from '../access/scope-rules';
import type { IssuerAddress } from '../protocol/metadata';
import type { Clock } from '../protocol/time';
import type { Language } from '../pages/texts/languages';
import type { Sessions } from '../sessions/sessions';
import type { Limit } from '../throttle/failure-counters';
import type { AccountLimit } from '../throttle/account-limit';
import type { NetworkLimit } from '../throttle/network-limit';
import type { Throttle } from '../throttle/throttle';
import type { PasswordUses } from '../tokens/password-uses';
import type { TokenUses } from '../tokens/token-uses';
import type { Usage } from '../usage/usage';
import type { FindPlanUsage } from './subscriptions/plan-usage';

/** The organizations in which anyone can create an account. */
export interface SignUpOptions {
  /** Keys of the organizations that a new user may join, 1 to 100. */
  readonly organizations: readonly string[];
  /** True if an administrator of the organization must approve a new user before the first sign-in. @default false */
  readonly approval?: boolean;
}

/** Options of a portal. */
export interface PortalOptions extends PortalLook {
  /**
   * Lets anyone create an account: in one of the organizations of `{ organizations }`, or, with `true`, without an
   * organization as long as there are none. Requires users in the built-in directory. @default false
   */
  readonly signUp?: boolean | SignUpOptions;
  /** True if visitors may read the catalogue and the pages of APIs without an account. @default false */
  readonly public?: boolean;
  /** Title of the portal on all pages, 1 to 100 characters. @default 'API Store' */
  readonly title?: string;
  /**
   * Public path of the portal, in the browser's URLs, such as `/gw/store`. Needed if a proxy removes or replaces the
   * beginning of paths; with Express's "trust proxy", `X-Forwarded-Prefix` has the same effect.
   * @default the path where Express has mounted it
   */
  readonly publicPath?: string;
  /**
   * URL to which Try it sends requests, such as `https://api.example.com`: the origin of the APIs, with a path if a
   * proxy removes one. Needed if the portal has a host of its own; the APIs then have to allow its origin (CORS).
   * @default the origin that the browser used, with the prefix that a proxy removes in front of the portal
   */
  readonly apiUrl?: string;
  /**
   * Language of all pages. @default what the user has chosen, else the first of the browser's languages that the portal
   * has, else English
   */
  readonly language?: Language;
}

/** Services that pages use: the same instances as those of management calls and endpoints. */
export interface PortalServices {
  readonly title: string;
  readonly look: CheckedLook;
  /** The validated option: keys of organizations in their normal form. */
  readonly signUp: boolean | SignUpOptions;
  /** The validated option: empty for the root of a host. */
  readonly publicPath: string | undefined;
  /** The validated option: without a trailing slash. */
  readonly apiUrl: string | undefined;
  /** The validated option: `undefined` if each user has a language. */
  readonly language: Language | undefined;
  /** The option `public`. */
  readonly isCataloguePublic: boolean;
  readonly issuer: IssuerAddress;
  /** True for each kind of metadata that the gate publishes. */
  readonly hasMetadata: { readonly resource: boolean; readonly server: boolean };
  /** URL of the authorization endpoint; `undefined` if the gate does not have one. */
  readonly authorizeUrl: string | undefined;
  /** URL of the token endpoint; `undefined` if the gate does not have one. */
  readonly tokenUrl: string | undefined;

  readonly apis: ReadonlyMap<string, Api>;
  readonly rules: ScopeRules;
  readonly guarded: GuardedScopes;
  readonly indicators: ResourceIndicators;
  readonly policy: ScopePolicy;
  readonly directory: Directory;
  readonly applications: Applications;
  readonly users: Users;
  /** Returns the users as changed by a visitor: the password work waits at the place of the request. */
  readonly usersAt: (place: WorkPlace) => Users;
  readonly signUps: ManagedSignUps;
  readonly passwordLinks: PasswordLinks;
  /** Limit of the links that one administrator creates. */
  readonly passwordLinkLimit: AccountLimit;
  readonly passwords: Pick<Passwords, 'admission'>;
  /** Source of users: the built-in directory, or the integrator's `users` function. */
  readonly userSource: 'directory' | 'function';
  /** Rule that new passwords must satisfy. */
  readonly passwordRule: PasswordRule;
  readonly owners: ResourceOwners;
  readonly sessions: Sessions;
  readonly tokens: OwnManagedTokens;
  readonly tokenUses: TokenUses;
  /** Counts of password grants by client. */
  readonly passwordUses: Pick<PasswordUses, 'findFreshUsage'>;
  /** Counts of requests by application. */
  readonly usage: Pick<Usage, 'findFresh' | 'findFreshRefusals'>;
  /** False if the operator has switched the usage of applications off. */
  readonly countsUsage: boolean | undefined;
  readonly consents: Consents;
  /** Revokes a consent of a user, with everything that was issued under it. */
  readonly revokeConsent: (subject: string, id: string) => Promise<void>;
  readonly explain: (token: string, request: RequestToExplain) => Promise<Explanation>;
  readonly findPlanUsage: FindPlanUsage;
  readonly throttle: Throttle;
  readonly signUpLimit: NetworkLimit;
  /** Permitted failed sign-ins for one user name from one network; `undefined` if they are not counted. */
  readonly signInLimit: Limit | undefined;
  readonly auditLog: AuditLog;
  readonly audit: AuditRecorder;
  readonly forms: FormReader;
  readonly observed: ObservedRequests;
  readonly emit: Emit;
  readonly requireTls: boolean;
  readonly logger: Logger;
  readonly clock: Clock;
}
