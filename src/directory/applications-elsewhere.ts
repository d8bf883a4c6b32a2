import { withBlocker } from './blocking';
import type { DeclaredElsewhere } from './declared-elsewhere';
import { readPlanRights } from './declared-rights';
import type { GrantType } from '../protocol/grant-types';
import { readIdentityOfPair, registrationKey } from './own-declaration';
import type { Application, KeyPair } from './records';
import { withBlockerNoted, type Registration } from './registration';
import type { Registry } from './registry';

const pairOf = ({ name }: Registration): KeyPair => ({ clientId: name, secrets: [] });

/** Returns an application by the registrations of its key pairs; `undefined` without that of its first one. */
const applicationOf = (id: string, pairs: readonly Registration[]): Application | undefined => {
  const production = pairs.find(({ name }) => name === id);
  if (production === undefined) return undefined;
  const sandbox = pairs.find(({ name }) => name !== id);
  const { subscriptions = [], scopes, grantTypes, redirectUris } = production.rights;
  const { owner, organization, isPublic } = readIdentityOfPair(production);
  const application: Application = {
    id,
    name: id,
    ...(owner === undefined ? {} : { owner }),
    ...(organization === undefined ? {} : { organization }),
    ...(grantTypes === undefined ? {} : { grantTypes: grantTypes as readonly GrantType[] }),
    subscriptions,
    ...readPlanRights(production.rights),
    ...(scopes === undefined ? {} : { scopes }),
    introspect: false, // not part of a registration
    ...(redirectUris === undefined ? {} : { redirectUris }),
    ...(isPublic === undefined ? {} : { isPublic }),
    enabled: true,
    keys: { production: pairOf(production), ...(sandbox === undefined ? {} : { sandbox: pairOf(sandbox) }) },
  };
  return withBlocker(application, production.disabledBy);
};

/** The applications that only other gates declare. Each of their consumer keys is registered. */
class ApplicationsElsewhere implements DeclaredElsewhere<Application> {
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** Finds an application by its id or by any of its consumer keys. */
  async findFresh(consumerKey: string): Promise<Application | undefined> {
    const registration = await this.#registry.findFreshElsewhere(registrationKey('client', consumerKey));
    if (registration === undefined) return undefined;
    const { id } = readIdentityOfPair(registration);
    const pairs = (await this.#pairsById()).get(id) ?? [];
    return applicationOf(id, pairs);
  }

  async *list(): AsyncGenerator<Application> {
    for (const [id, pairs] of await this.#pairsById()) {
      const application = applicationOf(id, pairs);
      if (application !== undefined) yield application;
    }
  }

  async setBlocker(
    consumerKey: string,
    decide: Parameters<DeclaredElsewhere<Application>['setBlocker']>[1],
  ): Promise<Application | undefined> {
    const found = await this.findFresh(consumerKey);
    if (found === undefined) return undefined;
    const change = (registration: Registration): Registration =>
      withBlockerNoted(registration, decide(applicationOf(found.id, [registration]) ?? found));
    const changed = await this.#registry.changeElsewhere(registrationKey('client', found.id), change);
    if (changed === undefined) return undefined;
    const { enabled: _enabled, disabledBy: _disabledBy, ...rest } = found;
    return withBlocker({ ...rest, enabled: true }, changed.disabledBy);
  }

  async #pairsById(): Promise<ReadonlyMap<string, readonly Registration[]>> {
    const byId = new Map<string, Registration[]>();
    for await (const registration of this.#registry.listElsewhere('client')) {
      const { id } = readIdentityOfPair(registration);
      const pairs = byId.get(id) ?? [];
      byId.set(id, pairs);
      pairs.push(registration);
    }
    return byId;
  }
}

/** Creates the applications that only other gates declare. */
export const createApplicationsElsewhere = (registry: Registry): DeclaredElsewhere<Application> =>
  new ApplicationsElsewhere(registry);
