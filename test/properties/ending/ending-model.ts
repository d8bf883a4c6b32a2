import { DirectoryModel, type ApplicationRecord } from './directory-model';
import { GrantsModel, type ModelPair } from './grants-model';
import { SCOPES, type ClientKey, type UserName } from './names';
import type { Text } from './operation';
import type { Principal } from './principal';

/** Everything that two gates must agree with: records, their lives, and what was issued to them. */
export class EndingModel {
  readonly directory = new DirectoryModel();
  readonly grants = new GrantsModel();
  /** True while gate B has no declarations, and only guards. */
  isGuardOnly = false;

  /** The application that a key and a secret authenticate, or `undefined`. */
  authenticated(key: ClientKey, secret: Text = 'present'): ApplicationRecord | undefined {
    const application = this.directory.enabledApplication(key);
    return secret === 'present' && application?.secrets.length !== 0 ? application : undefined;
  }

  /** Issues a pair for a user; `undefined` if the application may not serve that user. */
  issueFor(user: UserName, key: ClientKey, application: ApplicationRecord | undefined): ModelPair | undefined {
    const record = application === undefined ? undefined : this.directory.servedUser(user, application);
    if (application === undefined || record === undefined) return undefined;
    return this.grants.issue({
      client: key,
      user,
      principals: [...this.#principalsOf(application), record.principal],
      scopes: this.directory.allowedScopes(SCOPES, application, record.roles),
    });
  }

  /** Issues an access token for an application itself. */
  issueForItself(key: ClientKey, application: ApplicationRecord | undefined): ModelPair | undefined {
    if (application === undefined) return undefined;
    const scopes = this.directory.ownScopes(application);
    return this.grants.issue({ client: key, principals: this.#principalsOf(application), scopes });
  }

  #principalsOf({ principal, organization }: ApplicationRecord): readonly Principal[] {
    const ofOrganization = this.directory.organizations.get(organization)?.principal;
    return ofOrganization === undefined ? [principal] : [ofOrganization, principal];
  }
}
