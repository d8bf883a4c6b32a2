import type { Clock } from '../protocol/time';
import { ENVIRONMENTS, isUsable } from './key-pairs';
import type { ClientPointer, DirectoryStore } from './directory-store';
import type { Application, Client, Organization, User } from './records';
import { Register, type Declared } from './register';
import { joinName, normalKey, normalName, splitName } from './usernames';

/** What the options declare, ready to be looked up. */
export interface DeclaredDirectory {
  readonly organizations: Declared<Organization>;
  readonly users: Declared<User>;
  readonly applications: Declared<Application>;
  readonly clients: Declared<ClientPointer>;
}

const rightsOf = ({ application: { organization, grantTypes, subscriptions, scopes } }: Client): string =>
  JSON.stringify([organization, grantTypes, subscriptions, scopes]);

/** Who may ask: what is declared and what was made, looked up in that order. */
export class Directory {
  readonly organizations: Register<Organization>;
  readonly users: Register<User>;
  readonly applications: Register<Application>;
  readonly clients: Register<ClientPointer>;
  readonly clock: Clock;

  constructor(declared: DeclaredDirectory, made: DirectoryStore, clock: Clock) {
    this.organizations = new Register('organization', declared.organizations, made.organizations);
    this.users = new Register('user', declared.users, made.users);
    this.applications = new Register('application', declared.applications, made.applications);
    this.clients = new Register('consumer key', declared.clients, made.clients);
    this.clock = clock;
  }

  /** The key pair of this id, whether it is enabled or not. */
  async findClient(clientId: string): Promise<Client | undefined> {
    const pointer = await this.clients.find(clientId);
    // An unknown client is looked for as long as a known one: its answer's time tells nothing.
    const application = await this.applications.find(pointer?.applicationId ?? clientId);
    if (pointer === undefined || application === undefined) return undefined;
    for (const environment of ENVIRONMENTS) {
      const pair = application.keys[environment];
      if (pair?.clientId === clientId) return { clientId, environment, secrets: pair.secrets, application };
    }
    return undefined;
  }

  /** The key of a user by the full name. A text that cannot be a name is looked up as it is, and not found. */
  async subjectOf(fullName: string): Promise<string> {
    const split = (await this.organizations.isEmpty()) ? { name: fullName } : splitName(fullName);
    const organization = split.organization === undefined ? undefined : normalKey(split.organization);
    if (split.organization !== undefined && organization === undefined) return fullName;
    const name = normalName(split.name);
    return name === undefined ? fullName : joinName({ name, ...(organization === undefined ? {} : { organization }) });
  }

  /** A client as it is by now, unless it is gone or disabled. */
  async findPresent({ clientId }: Pick<Client, 'clientId'>): Promise<Client | undefined> {
    const present = await this.findClient(clientId);
    return present !== undefined && (await this.isEnabled(present.application)) ? present : undefined;
  }

  /**
   * Whether a client may still do what it could when it authenticated: it is enabled, none of its secrets was taken
   * away, and its rights are the same.
   */
  async stillHolds(client: Client): Promise<boolean> {
    const present = await this.findPresent(client);
    if (present === undefined) return false;
    const kept = new Set(present.secrets.filter((secret) => isUsable(secret, this.clock())).map(({ id }) => id));
    const lost = client.secrets.some((secret) => isUsable(secret, this.clock()) && !kept.has(secret.id));
    return !lost && rightsOf(present) === rightsOf(client);
  }

  /** Whether an application, and the organization it belongs to, are enabled. */
  async isEnabled({ enabled, organization }: Pick<Application, 'enabled' | 'organization'>): Promise<boolean> {
    if (!enabled) return false;
    return organization === undefined || (await this.organizations.find(organization))?.enabled === true;
  }
}
