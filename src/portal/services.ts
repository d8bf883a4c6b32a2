import type { AuditLog } from '../audit/audit-log';
import type { AuditRecorder } from '../audit/recorder';
import type { Applications } from '../directory/applications';
import type { Directory } from '../directory/directory';
import type { PasswordRule } from '../directory/password-rule';
import type { ResourceOwners } from '../directory/resource-owners';
import type { Users } from '../directory/users';
import type { GuardedScopes } from '../grants/guarded-scopes';
import type { OwnManagedTokens } from '../grants/managed-tokens';
import type { ScopePolicy } from '../grants/scope-policy';
import type { Explanation } from '../guard/explanation';
import type { RequestToExplain } from '../guard/explain-target';
import type { Logger } from '../events/logger';
import type { FormReader } from '../endpoints/body';
import type { Api } from '../options/apis';
import type { ScopeRules } from '../options/scopes';
import type { IssuerAddress } from '../protocol/metadata';
import type { Clock } from '../protocol/time';
import type { Sessions } from '../sessions/sessions';
import type { Limit } from '../throttle/failure-counters';
import type { Throttle } from '../throttle/throttle';
import type { TokenUses } from '../tokens/token-uses';

/** How a Store is mounted. */
export interface PortalOptions {
  /** True if anyone can create an account. Only with users of the built-in directory. @default false */
  readonly signUp?: boolean;
  /** The title of all pages, 1 to 100 characters. @default 'API Store' */
  readonly title?: string;
  /**
   * The portal's path as browsers see it, such as `/gw/store`, for a proxy that removes or replaces the beginning of paths.
   * Under Express's "trust proxy" `X-Forwarded-Prefix` does the same. @default where Express has mounted it
   */
  readonly publicPath?: string;
  /**
   * Where Try it sends requests to, such as `https://api.example.com`: the origin of the APIs, with a path if a proxy removes
   * one. For a portal on a host of its own; the APIs then have to allow its origin (CORS). @default the origin that the
   * browser used, with what a proxy removes in front of the portal
   */
  readonly apiUrl?: string;
}

/** The services that pages use: the same as those of management calls and endpoints. */
export interface PortalServices {
  readonly title: string;
  readonly signUp: boolean;
  /** As checked: empty for the root of a host. */
  readonly publicPath: string | undefined;
  /** As checked: without a slash at its end. */
  readonly apiUrl: string | undefined;
  readonly issuer: IssuerAddress;
  /** The token endpoint's address; absent where there is none. */
  readonly tokenUrl: string | undefined;

  readonly apis: ReadonlyMap<string, Api>;
  readonly rules: ScopeRules;
  readonly guarded: GuardedScopes;
  readonly policy: ScopePolicy;
  readonly directory: Directory;
  readonly applications: Applications;
  readonly users: Users;
  /** True if users are of the built-in directory. */
  readonly userSource: 'directory' | 'function';
  /** Which passwords may be set. */
  readonly passwordRule: PasswordRule;
  readonly owners: ResourceOwners;
  readonly sessions: Sessions;
  readonly tokens: OwnManagedTokens;
  readonly tokenUses: TokenUses;
  readonly explain: (token: string, request: RequestToExplain) => Promise<Explanation>;
  readonly throttle: Throttle;
  /** Permitted failures of sign-ins for one user name from one network; absent if they are not counted. */
  readonly signInLimit: Limit | undefined;
  readonly auditLog: AuditLog;
  readonly audit: AuditRecorder;
  readonly forms: FormReader;
  readonly requireTls: boolean;
  readonly logger: Logger;
  readonly clock: Clock;
}
