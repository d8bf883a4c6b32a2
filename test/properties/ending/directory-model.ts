import {
  organizationOf,
  SCOPES,
  type ClientKey,
  type OrganizationKey,
  type Roles,
  type Scopes,
  type UserName,
} from './names';
import { Principal } from './principal';

interface RecordFacts {
  readonly principal: Principal;
  readonly isDeclared: boolean;
  readonly isEnabled: boolean;
}

export type OrganizationRecord = RecordFacts;

export interface UserRecord extends RecordFacts {
  readonly password: number;
  readonly roles: Roles;
}

export interface ApplicationRecord extends RecordFacts {
  readonly organization: OrganizationKey;
  /** The secrets that are accepted; the last one was added last. */
  readonly secrets: readonly number[];
  /** The scopes that it may request at most; `undefined`: all. */
  readonly scopes: Scopes | undefined;
}

const START = { isDeclared: true, isEnabled: true };

/** The records, declared and created: a directory without names that are shared by two lives. */
export class DirectoryModel {
  readonly organizations = new Map<OrganizationKey, OrganizationRecord>();
  readonly users = new Map<UserName, UserRecord>();
  readonly applications = new Map<ClientKey, ApplicationRecord>();
  readonly #former = new Map<UserName | ClientKey, number>();
  #lastText = 0;

  constructor() {
    this.organizations.set('base', { ...START, principal: new Principal() });
  }

  /** A password or a secret that was not used before. */
  nextText(): number {
    return (this.#lastText += 1);
  }

  /** Notes a password or a secret that must be refused from now on. */
  retire(name: UserName | ClientKey, text: number | undefined): void {
    if (text !== undefined) this.#former.set(name, text);
  }

  /** The last password or secret under a name that must be refused; 0 if there was none. */
  formerOf(name: UserName | ClientKey): number {
    return this.#former.get(name) ?? 0;
  }

  isOpen(organization: OrganizationKey): boolean {
    return this.organizations.get(organization)?.isEnabled === true;
  }

  /** The application with a key, if it and its organization are enabled. */
  enabledApplication(key: ClientKey): ApplicationRecord | undefined {
    const application = this.applications.get(key);
    return application?.isEnabled === true && this.isOpen(application.organization) ? application : undefined;
  }

  /** The user, if an application may serve that user now. */
  servedUser(user: UserName, { organization }: ApplicationRecord): UserRecord | undefined {
    const record = this.users.get(user);
    const isServed = organizationOf(user) === organization && this.isOpen(organization);
    return isServed && record?.isEnabled === true ? record : undefined;
  }

  /** The scopes among some that an application may have for a user with these roles. */
  allowedScopes(scopes: Scopes, application: ApplicationRecord, roles: Roles): Scopes {
    const listed = application.scopes ?? SCOPES;
    return scopes.filter((scope) => listed.includes(scope) && (scope === 'read' || roles.includes('clerk')));
  }

  /** The scopes that an application may have for itself: a scope with roles only if it is listed. */
  ownScopes({ scopes }: ApplicationRecord): Scopes {
    return scopes === undefined ? ['read'] : SCOPES.filter((scope) => scopes.includes(scope));
  }

  /** Checks whether users or applications of an organization are left, even if it was removed. */
  hasRecordsOf(organization: OrganizationKey): boolean {
    const isOfUser = [...this.users.keys()].some((user) => organizationOf(user) === organization);
    return isOfUser || [...this.applications.values()].some((record) => record.organization === organization);
  }
}
