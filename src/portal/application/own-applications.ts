import { infoOf, type ApplicationInfo } from '../../directory/application-info';
import { isOwnedBy } from '../../directory/ownership';
import type { Application } from '../../directory/records';
import { DirectoryError } from '../../protocol/errors';
import type { Environment } from '../../tokens/records';
import { ENVIRONMENTS } from '../../directory/key-pairs';
import { foldedName } from './application-labels';
import type { PortalServices } from '../services';
import type { PortalUser } from '../visit';

/** An application as shown to its owner. */
export interface OwnApplication extends ApplicationInfo {
  /** True if the operator declared the application in the configuration, which makes it read-only. */
  readonly isDeclared: boolean;
}

/** One key pair of an application. */
export interface OwnClient {
  readonly application: OwnApplication;
  readonly environment: Environment;
  readonly clientId: string;
}

/** Returns the environment that a form names. @default production */
export const environmentOf = (text: string | undefined): Environment =>
  ENVIRONMENTS.find((environment) => environment === text) ?? 'production';

/** Returns the owners of the tokens that the application's keys got, for `tokens.find`. */
export const clientOwnersOf = ({ keys }: Pick<OwnApplication, 'keys'>): readonly { readonly clientId: string }[] =>
  Object.values(keys).map(({ clientId }) => ({ clientId }));

// People expect "App 2" before "App 10".
const names = new Intl.Collator('en', { numeric: true });

export const DEFAULT_APPLICATION = 'DefaultApplication';

/** Applications of the signed-in user. Those of other users are treated as not found. */
export class OwnApplications {
  readonly #services: PortalServices;

  constructor(services: PortalServices) {
    this.#services = services;
  }

  async list(user: PortalUser): Promise<readonly OwnApplication[]> {
    const isOwn = await this.#createOwnCheck(user);
    const own: OwnApplication[] = [];
    for await (const application of this.#services.directory.applications.listGroup({ owner: user.owner })) {
      if (isOwn(application)) own.push(this.#asOwn(infoOf(application)));
    }
    return own.sort((one, other) => names.compare(one.name, other.name));
  }

  /** @throws DirectoryError `ERR_SCOPEGATE_NOT_FOUND` if it does not exist or belongs to another user */
  async get(user: PortalUser, id: string): Promise<OwnApplication> {
    const application = await this.#services.directory.applications.findFresh(id);
    const isOwn = await this.#createOwnCheck(user);
    if (application !== undefined && isOwn(application)) return this.#asOwn(infoOf(application));
    throw new DirectoryError('ERR_SCOPEGATE_NOT_FOUND', 'there is no such application');
  }

  /** Returns the user's first application that is not declared, or creates one. */
  async getOrCreate(user: PortalUser): Promise<OwnApplication> {
    const own = await this.list(user);
    const existing = own.find(({ isDeclared }) => !isDeclared);
    if (existing !== undefined) return existing;
    const taken = new Set(own.map(({ name }) => foldedName(name)));
    let name = DEFAULT_APPLICATION;
    for (let number = 2; taken.has(foldedName(name)); number += 1) name = `${DEFAULT_APPLICATION} ${number}`;
    return this.create(user, name);
  }

  /** @throws DirectoryError `ERR_SCOPEGATE_VALUE` if another application of the user has this name, in any case */
  async create(user: PortalUser, name: string): Promise<OwnApplication> {
    await this.#refuseTaken(user, name);
    return this.#asOwn(await this.#services.applications.create({ name, owner: user.owner }));
  }

  /** @throws DirectoryError as `create`; `ERR_SCOPEGATE_DECLARED` */
  async rename(user: PortalUser, { id }: OwnApplication, name: string): Promise<void> {
    await this.#refuseTaken(user, name, id);
    await this.#services.applications.rename(id, name);
  }

  /** Returns every key pair of a user's applications. */
  async clients(user: PortalUser): Promise<readonly OwnClient[]> {
    return (await this.list(user)).flatMap((application) =>
      ENVIRONMENTS.flatMap((environment) => {
        const clientId = application.keys[environment]?.clientId;
        return clientId === undefined ? [] : [{ application, environment, clientId }];
      }),
    );
  }

  /** @param except id of the application that may have the name */
  async #refuseTaken(user: PortalUser, name: string, except?: string): Promise<void> {
    const other = (await this.list(user)).find(
      (application) => application.id !== except && foldedName(application.name) === foldedName(name),
    );
    if (other === undefined) return;
    throw new DirectoryError('ERR_SCOPEGATE_VALUE', `name is taken by your application ${other.name}; choose another`, {
      name: 'name_taken',
      by: other.name,
    });
  }

  /** Returns a function that checks whether an application belongs to a user. Reads the store; never cached. */
  async #createOwnCheck({ subject, owner, organization }: PortalUser): Promise<(application: Application) => boolean> {
    const { userSource, directory } = this.#services;
    const own = { name: owner, ...(organization === undefined ? {} : { organization }) };
    const isDeclared = ({ id }: Application): boolean => directory.applications.isDeclared(id);
    if (userSource === 'function') {
      const rules = { isDeclared, nameOf: (id: string) => id };
      return (application) => isOwnedBy(application, { ...own, id: undefined }, rules);
    }
    const [nameOf, record] = await Promise.all([directory.createSubjectReader(), directory.users.findFresh(subject)]);
    if (record === undefined) return () => false; // removed since the session was read
    return (application) => isOwnedBy(application, { ...own, id: record.id }, { isDeclared, nameOf });
  }

  #asOwn(application: ApplicationInfo): OwnApplication {
    return { ...application, isDeclared: this.#services.directory.applications.isDeclared(application.id) };
  }
}
