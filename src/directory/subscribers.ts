import { readPlanRights } from './declared-rights';
import type { ClientPointer } from './directory-store';
import { readIdentityOfPair, registrationKey } from './own-declaration';
import type { Application } from './records';
import type { Registration } from './registration';
import type { Registry } from './registry';
import type { Repository } from './repository';

/** The application of a client, as far as its requests are counted by it. The same object until it changes. */
export type Subscriber = Pick<Application, 'id' | 'plans'>;

export interface SubscribersServices {
  readonly clients: Repository<ClientPointer>;
  readonly applications: Repository<Application>;
  /** Absent: declared applications are as this gate declares them. */
  readonly registry?: Pick<Registry, 'peekAnywhere' | 'findAnywhere'> | undefined;
}

/**
 * Finds the applications of clients that send requests. The plans of a declared application are those of the gate that
 * was started last, also at gates that declare it differently or not at all: all of them count under one key.
 */
export class Subscribers {
  readonly #services: SubscribersServices;
  readonly #registered = new WeakMap<Registration, Subscriber>();

  constructor(services: SubscribersServices) {
    this.#services = services;
  }

  /** Returns the cached application, or `undefined`. Synchronous. */
  peek(clientId: string): Subscriber | undefined {
    const { clients, applications, registry } = this.#services;
    const isDeclared = clients.isDeclared(clientId);
    if (isDeclared && registry === undefined) return this.#peekDeclared(clientId);
    const pointer = isDeclared ? undefined : clients.peek(clientId);
    if (pointer !== undefined) return applications.peek(pointer.applicationId);
    const registration = registry?.peekAnywhere(registrationKey('client', clientId));
    return registration && this.#ofRegistration(registration);
  }

  /** Returns the cached application; loads it when absent. `undefined`: it was removed. */
  async find(clientId: string): Promise<Subscriber | undefined> {
    const cached = this.peek(clientId);
    if (cached !== undefined) return cached;
    const { clients, applications, registry } = this.#services;
    const isDeclared = clients.isDeclared(clientId);
    const pointer = isDeclared ? undefined : await clients.find(clientId);
    if (pointer !== undefined) return applications.find(pointer.applicationId);
    const registration = await registry?.findAnywhere(registrationKey('client', clientId));
    if (registration !== undefined) return this.#ofRegistration(registration);
    return isDeclared && registry === undefined ? this.#peekDeclared(clientId) : undefined;
  }

  #peekDeclared(clientId: string): Subscriber | undefined {
    const { clients, applications } = this.#services;
    const pointer = clients.declared.peekDeclared(clientId);
    return pointer && applications.declared.peekDeclared(pointer.applicationId);
  }

  #ofRegistration(registration: Registration): Subscriber {
    const known = this.#registered.get(registration);
    if (known !== undefined) return known;
    const own = this.#peekDeclared(registration.name);
    const { plans } = registration.rights.plans === undefined ? (own ?? {}) : readPlanRights(registration.rights);
    const subscriber = { id: readIdentityOfPair(registration).id, ...(plans === undefined ? {} : { plans }) };
    this.#registered.set(registration, subscriber);
    return subscriber;
  }
}
