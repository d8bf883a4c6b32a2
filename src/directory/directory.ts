import type { Clock } from '../protocol/time';
import { withBlocker } from './blocking';
import { ENVIRONMENTS, isUsable } from './key-pairs';
import { createApplicationsElsewhere } from './applications-elsewhere';
import { ApplicationRepository } from './application-repository';
import type { ClientPointer, DirectoryStore } from './directory-store';
import { noDirectoryCaches, type DirectoryCaches } from './record-cache';
import type { Application, Client, Organization, User } from './records';
import type { Declared } from './record-kind';
import { restrictApplication, restrictUser } from './declared-rights';
import { createOrganizationsElsewhere } from './organizations-elsewhere';
import type { OwnDeclaration } from './own-declaration';
import { createRegistered } from './registered';
import type { Registration } from './registration';
import type { Registry } from './registry';
import { Repository } from './repository';
import { readStoredApplication, readStoredOrganization, readStoredPointer, readStoredUser } from './stored-records';
import { isVoid } from './sign-up';
import { Subscribers } from './subscribers';
import { TakenNames } from './taken-names';
import { nameKey, normalFullName, splitName } from './usernames';
import { createUsersElsewhere } from './users-elsewhere';
import { isKey } from './values';

/** Declared records, indexed by key. */
export interface DeclaredDirectory {
  readonly organizations: Declared<Organization>;
  readonly users: Declared<User>;
  readonly applications: Declared<Application>;
  readonly clients: Declared<ClientPointer>;
}

const rightsOf = ({ application }: Client): string => {
  const { organization, grantTypes, subscriptions, scopes, redirectUris, isPublic } = application;
  return JSON.stringify([organization, grantTypes, subscriptions, scopes, redirectUris, isPublic]);
};

const clientOf = (clientId: string, application: Application | undefined): Client | undefined => {
  if (application === undefined) return undefined;
  const environment = ENVIRONMENTS.find((name) => application.keys[name]?.clientId === clientId);
  const pair = environment === undefined ? undefined : application.keys[environment];
  return environment === undefined || pair === undefined
    ? undefined
    : { clientId, environment, secrets: pair.secrets, application };
};

/** A user also takes a declared name with a name that only looks like it (such as ss for ß). */
const takenUsers = ({ users }: DirectoryStore): TakenNames =>
  new TakenNames(async (name) => (await users.find(nameKey(name))) !== undefined);

/** A client id that no application has any more is free. */
const takenClients = ({ clients, applications }: DirectoryStore): TakenNames =>
  new TakenNames(async (clientId) => {
    const stored = await clients.find(clientId);
    if (stored === undefined) return false;
    const pointer = readStoredPointer(clientId, stored);
    return pointer === undefined || (await applications.find(pointer.applicationId)) !== undefined;
  });

export interface DirectoryExtras {
  /** @default nothing is cached */
  readonly caches?: DirectoryCaches;
  readonly registry?: Registry;
}

const restrictedUser = (user: User, { rights, disabledBy }: Registration): User =>
  withBlocker(restrictUser(user, rights), disabledBy);

const restrictedApplication = (application: Application, { rights, disabledBy }: Registration): Application =>
  withBlocker(restrictApplication(application, rights), disabledBy);

const unrestricted = <R>(record: R): R => record;

/** Users, organizations and applications: declared ones first, then those created at run time. */
export class Directory {
  readonly organizations: Repository<Organization>;
  readonly users: Repository<User>;
  readonly applications: ApplicationRepository;
  readonly clients: Repository<ClientPointer>;
  /** Users and client ids that were created at run time, those under declared names included. */
  readonly createdUsers: Repository<User>;
  readonly createdClients: Repository<ClientPointer>;
  readonly subscribers: Subscribers;
  readonly clock: Clock;
  readonly #store: Pick<DirectoryStore, 'users'>;

  /** @param registry of the declared records. @default none, so they are served as they are declared */
  constructor(
    declared: DeclaredDirectory,
    store: DirectoryStore,
    clock: Clock,
    { caches = noDirectoryCaches, registry }: DirectoryExtras = {},
  ) {
    const { organizations, users, applications, clients } = declared;
    this.organizations = new Repository({
      noun: 'organization',
      declared: organizations,
      stored: store.organizations,
      cache: caches.organizations,
      read: readStoredOrganization,
      ...(registry && {
        registered: createRegistered<Organization>(registry, 'organization', unrestricted),
        elsewhere: createOrganizationsElsewhere(registry),
      }),
    });
    const userKind = {
      noun: 'user',
      stored: store.users,
      cache: caches.users,
      read: readStoredUser,
      naming: { keyOf: nameKey, nameOf: ({ username }: User) => username },
    };
    this.users = new Repository({
      ...userKind,
      declared: users,
      taken: takenUsers(store),
      ...(registry && {
        registered: createRegistered<User>(registry, 'user', restrictedUser),
        elsewhere: createUsersElsewhere(registry),
      }),
    });
    this.createdUsers = new Repository<User>({ ...userKind, declared: new Map() });
    this.applications = new ApplicationRepository({
      noun: 'application',
      declared: applications,
      stored: store.applications,
      cache: caches.applications,
      read: readStoredApplication,
      ...(registry && {
        // The id of a declared application is its first key.
        registered: createRegistered<Application>(registry, 'client', restrictedApplication),
        elsewhere: createApplicationsElsewhere(registry),
      }),
    });
    const clientKind = {
      noun: 'consumer key',
      stored: store.clients,
      cache: caches.clients,
      read: readStoredPointer,
    };
    this.clients = new Repository({
      ...clientKind,
      declared: clients,
      taken: takenClients(store),
      ...(registry && { registered: createRegistered<ClientPointer>(registry, 'client', unrestricted) }),
    });
    this.createdClients = new Repository<ClientPointer>({ ...clientKind, declared: new Map() });
    this.subscribers = new Subscribers({ clients: this.clients, applications: this.applications, registry });
    this.clock = clock;
    this.#store = store;
  }

  /** Checks whether a record was created at run time under the name of a declared one. Reads the store; never cached. */
  async isTakenFresh({ kind, name }: Pick<OwnDeclaration, 'kind' | 'name'>): Promise<boolean> {
    if (kind === 'user') return this.users.declared.taken.findFresh(name);
    return kind === 'client' && this.clients.declared.taken.findFresh(name);
  }

  /** Removes the user of this name if the sign-up was rejected or has expired, so that the name is free. */
  async releaseVoidName(username: string): Promise<void> {
    if (this.users.isDeclared(username) || !isKey(username)) return;
    const key = nameKey(username);
    const isReleased = (stored: User): boolean => {
      const user = readStoredUser(key, stored);
      return user !== undefined && isVoid(user, this.clock());
    };
    await this.#store.users.removeIf(key, isReleased);
  }

  /** Finds the key pair with this id, enabled or not. Reads the store; never cached. */
  async findFreshClient(clientId: string): Promise<Client | undefined> {
    const pointer = await this.clients.findFresh(clientId);
    // An unknown client costs as many reads as a known one, so that the response time reveals nothing.
    const application = await this.applications.findFresh(pointer?.applicationId ?? clientId);
    return pointer === undefined ? undefined : clientOf(clientId, application);
  }

  /** Returns the cached key pair, or `undefined`. Synchronous. */
  peekClient(clientId: string): Client | undefined {
    const pointer = this.clients.peek(clientId);
    return pointer === undefined ? undefined : clientOf(clientId, this.applications.peek(pointer.applicationId));
  }

  /** Returns the declared key pair, even if it is not served at present. Synchronous. */
  peekDeclaredClient(clientId: string): Client | undefined {
    const pointer = this.clients.declared.peekDeclared(clientId);
    return pointer && clientOf(clientId, this.applications.declared.peekDeclared(pointer.applicationId));
  }

  /** Finds a key pair, enabled or not. Cached; loads it when absent. */
  async findClient(clientId: string): Promise<Client | undefined> {
    const pointer = await this.clients.find(clientId);
    const application = await this.applications.find(pointer?.applicationId ?? clientId);
    return pointer === undefined ? undefined : clientOf(clientId, application);
  }

  /** Returns the key of a user by full name. A string that cannot be a name is returned unchanged, matching no user. */
  async subjectOf(fullName: string): Promise<string> {
    return (await this.createSubjectReader())(fullName);
  }

  /** Returns a function like `subjectOf`, for many names: it has read once whether there are organizations. */
  async createSubjectReader(): Promise<(fullName: string) => string> {
    const isWithoutOrganizations = await this.organizations.isEmpty();
    return (fullName) => normalFullName(isWithoutOrganizations ? { name: fullName } : splitName(fullName)) ?? fullName;
  }

  /** Reads the current client; `undefined` if it is gone or disabled. Reads the store; never cached. */
  async findFreshEnabledClient({ clientId }: Pick<Client, 'clientId'>): Promise<Client | undefined> {
    const present = await this.findFreshClient(clientId);
    return present !== undefined && (await this.isEnabledFresh(present.application)) ? present : undefined;
  }

  /**
   * Checks whether a client may still do what it could when it authenticated: it is enabled, none of its secrets was
   * removed, and its rights are the same. All reads are sent in this tick, concurrently. Never cached.
   */
  async isClientUnchanged(client: Client): Promise<boolean> {
    const { id, organization } = client.application;
    const isSecondDeclared = client.clientId !== id && this.clients.isDeclared(client.clientId);
    const [application, isOpen, pointer] = await Promise.all([
      this.applications.findFresh(id),
      this.#isOpen(organization),
      isSecondDeclared ? this.clients.findFresh(client.clientId) : undefined,
    ]);
    if (isSecondDeclared && pointer === undefined) return false;
    const present = clientOf(client.clientId, application);
    if (present?.application.enabled !== true || !isOpen) return false;
    if (present.application === client.application) return true; // declared, and not restricted since
    const usable = ({ secrets }: Client) => secrets.filter((secret) => isUsable(secret, this.clock()));
    const kept = new Set(usable(present).map((secret) => secret.id));
    const lost = usable(client).some((secret) => !kept.has(secret.id));
    return !lost && rightsOf(present) === rightsOf(client);
  }

  /** Checks whether an application, and the organization it belongs to, are enabled. Reads the store; never cached. */
  async isEnabledFresh({ enabled, organization }: Pick<Application, 'enabled' | 'organization'>): Promise<boolean> {
    return enabled && this.#isOpen(organization);
  }

  /** Like `isEnabledFresh`, but cached; loads the organization when absent. */
  async isEnabled({ enabled, organization }: Pick<Application, 'enabled' | 'organization'>): Promise<boolean> {
    if (!enabled || organization === undefined) return enabled;
    return (await this.organizations.find(organization))?.enabled === true;
  }

  async #isOpen(organization: string | undefined): Promise<boolean> {
    return organization === undefined || (await this.organizations.findFresh(organization))?.enabled === true;
  }
}
