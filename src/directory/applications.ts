import type { RevokeReason } from '../events/gate-events';
import type { Checks } from '../protocol/checks';
import { DirectoryError } from '../protocol/errors';
import { printValue } from '../protocol/printed-value';
import { digestOf, mintClientId, mintClientSecret, randomText } from '../protocol/secrets';
import type { Environment } from '../tokens/records';
import type { TokenService } from '../tokens/token-service';
import {
  infoOf,
  infosOf,
  lastFourOf,
  type ApplicationInfo,
  type GeneratedKeys,
  type KeyOrder,
  type NewApplication,
} from './application-info';
import { blocked, readBlocking, unblocked, type Blocking } from './blocking';
import { changeAndEnd } from './change-and-end';
import type { Directory } from './directory';
import { ENVIRONMENTS, pairsOf, withSecrets } from './key-pairs';
import type { Application, ClientSecret } from './records';
import { GRANT_TYPES, type GrantType } from '../protocol/grant-types';
import { normalKey, splitName } from './usernames';
import { checkKey, readCall, readInstant, refuseValue, rules } from './values';

/**
 * Applications, their key pairs and their subscriptions. Calls take the application's id. Each may reject with
 * DirectoryError `ERR_SCOPEGATE_NOT_FOUND` or `ERR_SCOPEGATE_DECLARED`, and with StoreUnavailableError.
 */
export interface Applications {
  /** @throws DirectoryError `ERR_SCOPEGATE_VALUE`, `ERR_SCOPEGATE_NOT_FOUND` (organization of the owner) */
  create(application: NewApplication): Promise<ApplicationInfo>;
  find(id: string): Promise<ApplicationInfo | undefined>;
  list(): AsyncIterable<ApplicationInfo>;
  /**
   * Generates the key pair of an environment, or another secret for an existing one.
   * @throws DirectoryError `ERR_SCOPEGATE_EXISTS` if the clientId is taken, `ERR_SCOPEGATE_VALUE`
   */
  generateKeys(id: string, order: KeyOrder): Promise<GeneratedKeys>;
  /** Deletes one secret and ends the grants of its key pair. */
  revokeSecret(id: string, secretId: string): Promise<ApplicationInfo>;
  subscribe(id: string, api: string): Promise<ApplicationInfo>;
  /** Ends the access tokens of the application. */
  unsubscribe(id: string, api: string): Promise<ApplicationInfo>;
  /**
   * Sets the scopes that it may request at most; if omitted, removes its list. Ends its access tokens; the next refresh
   * grants the scopes that remain.
   * @throws DirectoryError `ERR_SCOPEGATE_VALUE` for a scope that is not declared
   */
  setScopes(id: string, scopes?: readonly string[]): Promise<ApplicationInfo>;
  /** Sets the grant types that it may use; if omitted, all that the gate offers. Live tokens stay valid. */
  setGrantTypes(id: string, grantTypes?: readonly GrantType[]): Promise<ApplicationInfo>;
  /**
   * Enables an application. An administrator can only enable what an administrator disabled.
   * @throws DirectoryError `ERR_SCOPEGATE_VALUE` if an administrator enables an application that the operator disabled
   */
  enable(id: string, blocking?: Blocking): Promise<ApplicationInfo>;
  /** Refuses the application from now on, and ends all its grants. */
  disable(id: string, blocking?: Blocking): Promise<ApplicationInfo>;
  remove(id: string): Promise<void>;
}

const APPLICATION_FIELDS = ['name', 'owner', 'grantTypes', 'subscriptions', 'scopes', 'introspect'];
const KEY_ORDER_FIELDS = ['environment', 'clientId', 'clientSecret', 'label', 'expiresAt'];

const readKeyOrder = (checks: Checks, value: unknown): KeyOrder | undefined => {
  const fields = checks.fields(value ?? null, [], KEY_ORDER_FIELDS);
  if (fields === undefined) return undefined;
  const environment = checks.oneOf(fields['environment'] ?? null, ['environment'], ENVIRONMENTS);
  const text = (name: string, { pattern, text: rule }: (typeof rules)[keyof typeof rules]) =>
    checks.text(fields[name], [name], pattern, rule);
  const clientId = text('clientId', rules.consumerKey);
  const clientSecret = text('clientSecret', rules.consumerSecret);
  const label = text('label', rules.label);
  const expiresAt = readInstant(checks, fields['expiresAt'], ['expiresAt']);
  if (environment === undefined) return undefined;
  return {
    environment,
    ...(clientId === undefined ? {} : { clientId }),
    ...(clientSecret === undefined ? {} : { clientSecret }),
    ...(label === undefined ? {} : { label }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
};

export interface ApplicationRules {
  readonly scopes: ReadonlySet<string>;
  readonly apis: ReadonlySet<string>;
}

export const createApplications = (
  directory: Directory,
  tokens: TokenService,
  known: ApplicationRules,
): Applications => {
  const organizationOf = async (owner: string | undefined): Promise<string | undefined> => {
    if (owner === undefined || (await directory.organizations.isEmpty())) return undefined;
    const key = splitName(owner).organization ?? refuseValue('owner must be a full name: user@organization');
    return (await directory.organizations.get(normalKey(key) ?? key)).key;
  };

  const knownScopes = [...known.scopes];
  const knownApis = [...known.apis];

  const readApplication = (checks: Checks, value: unknown) => {
    const fields = checks.fields(value ?? null, [], APPLICATION_FIELDS);
    if (fields === undefined) return undefined;
    const name = checks.required(fields['name'], ['name'], rules.label.pattern, rules.label.text);
    const owner = checks.text(fields['owner'], ['owner'], rules.owner.pattern, rules.owner.text);
    const grantTypes = checks.someOf(fields['grantTypes'], ['grantTypes'], GRANT_TYPES);
    const subscriptions = checks.someOf(fields['subscriptions'], ['subscriptions'], knownApis) ?? [];
    const scopes = checks.someOf(fields['scopes'], ['scopes'], knownScopes);
    const introspect = checks.flag(fields['introspect'], ['introspect']) ?? false;
    return name === undefined ? undefined : { name, owner, grantTypes, subscriptions, scopes, introspect };
  };

  const endGrants = async (application: Pick<Application, 'keys'>, because: RevokeReason): Promise<void> => {
    for (const { clientId } of ownPairs(application)) await tokens.revokeAll({ clientId }, because);
  };

  const endAccess = async (application: Pick<Application, 'keys'>, because: RevokeReason): Promise<void> => {
    for (const { clientId } of ownPairs(application)) await tokens.revokeAccess({ clientId }, because);
  };

  /** Returns the key pairs that the application still owns: a key that is now declared belongs to the declared one. */
  const ownPairs = ({ keys }: Pick<Application, 'keys'>) =>
    pairsOf(keys).filter(({ clientId }) => !directory.clients.isDeclared(clientId));

  const idOf = (id: unknown): string => checkKey(id, 'id');

  const change = async (
    id: string,
    changes: (application: Application) => Partial<Application>,
  ): Promise<Application> =>
    directory.applications.change(idOf(id), (application) => ({ ...application, ...changes(application) }));

  /**
   * Changes an application, then ends what was issued to its key pairs. If the outcome of the change is unknown, these
   * are the key pairs from before it.
   */
  const changeAndEndOf = async (
    id: string,
    changes: (application: Application) => Application,
    end: (application: Application) => Promise<void>,
  ): Promise<Application> => {
    const before = await directory.applications.getMade(idOf(id));
    return changeAndEnd(
      () => directory.applications.change(id, changes),
      (changed) => end(changed ?? before),
    );
  };

  const newSecret = (clientSecret: string, { label, expiresAt }: KeyOrder): ClientSecret => ({
    id: randomText(9),
    digest: digestOf(clientSecret),
    ...lastFourOf(clientSecret),
    ...(label === undefined ? {} : { label }),
    createdAt: Math.floor(directory.clock()),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  });

  /** Refuses the client id of the other environment: only the client id distinguishes production and sandbox tokens. */
  const checkNotShared = ({ keys }: Application, environment: Environment, clientId: string): void => {
    const other = ENVIRONMENTS.find((name) => name !== environment && keys[name]?.clientId === clientId);
    if (other !== undefined) refuseValue(`clientId is the ${other} key of this application already`);
  };

  /**
   * Reserves a client id for an application. May be repeated. A pointer to an application that no longer exists is
   * replaced, because application ids are never reused.
   * @throws DirectoryError `ERR_SCOPEGATE_EXISTS` if another application has it
   */
  const claim = async (clientId: string, applicationId: string): Promise<void> => {
    const holder = await directory.clients.findFresh(clientId);
    if (holder?.applicationId === applicationId) return;
    const isOrphan =
      holder !== undefined &&
      !directory.clients.isDeclared(clientId) &&
      (await directory.applications.findFresh(holder.applicationId)) === undefined;
    if (!isOrphan) {
      await directory.clients.create(clientId, { applicationId });
      return;
    }
    const pointer = await directory.clients.change(clientId, (present) =>
      present.applicationId === holder.applicationId ? { applicationId } : present,
    );
    if (pointer.applicationId !== applicationId) await directory.clients.create(clientId, { applicationId });
  };

  /** Releases a client id that `claim` reserved, unless the application has a key pair with that id. */
  const release = async (clientId: string, applicationId: string): Promise<void> => {
    const application = await directory.applications.findFresh(applicationId);
    const isUsed = application !== undefined && pairsOf(application.keys).some((pair) => pair.clientId === clientId);
    const holder = isUsed ? undefined : await directory.clients.findFresh(clientId);
    if (holder?.applicationId === applicationId) await directory.clients.discard(clientId);
  };

  const addSecret = (id: string, order: KeyOrder, clientId: string, secret: ClientSecret): Promise<Application> =>
    change(id, (application) => {
      const { keys, removing } = application;
      const { environment } = order;
      if (removing) throw new DirectoryError('ERR_SCOPEGATE_NOT_FOUND', `the application "${id}" is being removed`);
      checkNotShared(application, environment, clientId);
      const pair = keys[environment];
      // A concurrent call may have created the key pair since it was read; without a clientId, this call adds to it.
      if (pair !== undefined && order.clientId !== undefined && pair.clientId !== clientId) {
        return refuseValue(
          `the application has a ${environment} key already; leave clientId out to add a secret to it`,
        );
      }
      // The same secret means that the call was repeated because its result was lost.
      if (pair?.secrets.some(({ digest }) => digest === secret.digest)) return {};
      const { clientId: kept, secrets } = pair ?? { clientId, secrets: [] };
      return { keys: { ...keys, [environment]: { clientId: kept, secrets: [...secrets, secret] } } };
    });

  /** Adds a secret and ensures that the key pair's client id, and no unused one, points to the application. */
  const addSecretAndPointer = async (
    id: string,
    order: KeyOrder,
    clientId: string,
    secret: ClientSecret,
  ): Promise<Application> => {
    await claim(clientId, id);
    let application: Application;
    try {
      application = await addSecret(id, order, clientId, secret);
    } catch (error) {
      // After a failure of the store the secret may have been written nevertheless, so the pointer stays.
      if (error instanceof DirectoryError) await release(clientId, id);
      throw error;
    }
    const kept = application.keys[order.environment]?.clientId;
    if (kept !== clientId) await release(clientId, id);
    // A concurrent call for the same imported id may have been refused and released the id.
    else if (order.clientId !== undefined) await claim(clientId, id);
    return application;
  };

  const changeSecrets = (id: string, make: (secret: ClientSecret) => readonly ClientSecret[]): Promise<Application> =>
    change(id, ({ keys }) => ({ keys: withSecrets(keys, make) }));

  return {
    create: async (given) => {
      const { name, owner, grantTypes, subscriptions, scopes, introspect } = readCall((checks) =>
        readApplication(checks, given),
      );
      const organization = await organizationOf(owner);
      const application: Application = {
        id: randomText(12),
        name,
        ...(owner === undefined ? {} : { owner }),
        ...(organization === undefined ? {} : { organization }),
        ...(grantTypes === undefined ? {} : { grantTypes }),
        subscriptions,
        ...(scopes === undefined ? {} : { scopes }),
        introspect,
        enabled: true,
        keys: {},
      };
      return infoOf(await directory.applications.create(application.id, application));
    },
    find: async (id) => {
      const application = await directory.applications.findFresh(idOf(id));
      return application === undefined ? undefined : infoOf(application);
    },
    list: () => infosOf(directory.applications.list()),
    generateKeys: async (id, given) => {
      const order = readCall((checks) => readKeyOrder(checks, given));
      const clientSecret = order.clientSecret ?? mintClientSecret();
      const secret = newSecret(clientSecret, order);
      const application = await directory.applications.getMade(idOf(id));
      const present = application.keys[order.environment];
      const clientId = order.clientId ?? present?.clientId ?? mintClientId();
      checkNotShared(application, order.environment, clientId);
      // Pointer first: without a key pair it is an unknown client, but a key pair without a pointer is unusable.
      const add = present === undefined ? addSecretAndPointer : addSecret;
      const pair = (await add(id, order, clientId, secret)).keys[order.environment];
      const kept = pair?.secrets.find(({ digest }) => digest === secret.digest);
      return { clientId: pair?.clientId ?? clientId, clientSecret, secretId: kept?.id ?? secret.id };
    },
    revokeSecret: async (id, secretId) => {
      checkKey(secretId, 'secretId');
      const owned = pairsOf((await directory.applications.getMade(idOf(id))).keys).find(({ secrets }) =>
        secrets.some((secret) => secret.id === secretId),
      );
      if (owned === undefined)
        throw new DirectoryError('ERR_SCOPEGATE_NOT_FOUND', `there is no secret ${printValue(secretId)}`);
      // Expires the secret, ends the grants, then deletes it: a call that failed halfway finds it and can be repeated.
      const useless = (secret: ClientSecret) => (secret.id === secretId ? [{ ...secret, expiresAt: 0 }] : [secret]);
      await changeAndEnd(
        () => changeSecrets(id, useless), // expired for every gate, however slow its clock is
        () => tokens.revokeAll({ clientId: owned.clientId }, 'secret'),
      );
      return infoOf(await changeSecrets(id, (secret) => (secret.id === secretId ? [] : [secret])));
    },
    subscribe: async (id, given) => {
      const api = readCall((checks) => checks.oneOf(given ?? null, ['api'], knownApis));
      return infoOf(
        await change(id, ({ subscriptions }) => ({ subscriptions: [...new Set([...subscriptions, api])] })),
      );
    },
    unsubscribe: async (id, api) => {
      checkKey(api, 'api');
      const without = (application: Application): Application => ({
        ...application,
        subscriptions: application.subscriptions.filter((subscription) => subscription !== api),
      });
      return infoOf(await changeAndEndOf(id, without, (application) => endAccess(application, 'unsubscribed')));
    },
    setScopes: async (id, scopes) => {
      const { checked } = readCall((checks) => ({ checked: checks.someOf(scopes, ['scopes'], knownScopes) }));
      const limited = ({ scopes: _before, ...rest }: Application): Application => ({
        ...rest,
        ...(checked === undefined ? {} : { scopes: checked }),
      });
      // Even if this seems to allow more: a list also grants scopes that need a role or that no API needs, and the
      // repeat of a call that failed halfway has to end the tokens.
      return infoOf(await changeAndEndOf(id, limited, (application) => endAccess(application, 'scopes')));
    },
    setGrantTypes: async (id, grantTypes) => {
      const { checked } = readCall((checks) => ({ checked: checks.someOf(grantTypes, ['grantTypes'], GRANT_TYPES) }));
      const application = await directory.applications.change(idOf(id), ({ grantTypes: _before, ...rest }) => ({
        ...rest,
        ...(checked === undefined ? {} : { grantTypes: checked }),
      }));
      return infoOf(application);
    },
    enable: async (id, blocking) => {
      const by = readBlocking(blocking);
      return infoOf(
        await directory.applications.change(idOf(id), ({ removing: _mark, ...rest }) => unblocked(rest, by)),
      );
    },
    disable: async (id, blocking) => {
      const by = readBlocking(blocking);
      const disabled = (application: Application): Application => blocked(application, by);
      return infoOf(await changeAndEndOf(id, disabled, (application) => endGrants(application, 'disabled')));
    },
    remove: async (id) => {
      // The mark refuses key pairs that concurrent calls would add after their client ids have been released.
      const marked = (application: Application): Application => ({ ...blocked(application), removing: true });
      const application = await changeAndEndOf(id, marked, (present) => endGrants(present, 'removed'));
      for (const { clientId } of ownPairs(application)) await directory.clients.discard(clientId);
      await directory.applications.remove(id);
    },
  };
};
