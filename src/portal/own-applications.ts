import { infoOf, type ApplicationInfo } from '../directory/application-info';
import { DirectoryError } from '../protocol/errors';
import type { Environment } from '../tokens/records';
import { ENVIRONMENTS } from '../directory/key-pairs';
import { foldedName } from './application-labels';
import type { PortalServices } from './services';
import type { PortalUser } from './visit';

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

export const DEFAULT_APPLICATION = 'DefaultApplication';

type Owned = Pick<ApplicationInfo, 'owner' | 'organization'>;

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
    return own.sort((one, other) => one.name.localeCompare(other.name));
  }

  /** @throws DirectoryError `ERR_SCOPEGATE_NOT_FOUND` if it does not exist or belongs to another user */
  async get(user: PortalUser, id: string): Promise<OwnApplication> {
    const application = await this.#services.applications.find(id);
    const isOwn = await this.#createOwnCheck(user);
    if (application !== undefined && isOwn(application)) return this.#asOwn(application);
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
    const other = (await this.list(user)).find((application) => foldedName(application.name) === foldedName(name));
    if (other !== undefined) {
      throw new DirectoryError(
        'ERR_SCOPEGATE_VALUE',
        `name is taken by your application ${other.name}; choose another`,
      );
    }
    return this.#asOwn(await this.#services.applications.create({ name, owner: user.owner }));
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

  /** Returns a function that checks whether an application belongs to a user. */
  async #createOwnCheck({ owner, organization }: PortalUser): Promise<(application: Owned) => boolean> {
    const { userSource, directory } = this.#services;
    // An application may spell its owner differently from the subject.
    const subjectOf = userSource === 'directory' ? await directory.createSubjectReader() : (id: string) => id;
    return (application) =>
      application.owner !== undefined &&
      application.organization === organization &&
      (application.owner === owner || subjectOf(application.owner) === owner);
  }

  #asOwn(application: ApplicationInfo): OwnApplication {
    return { ...application, isDeclared: this.#services.directory.applications.isDeclared(application.id) };
  }
}
