import type { RequestListener, Server } from 'node:http';
import type { Configuration } from '../configuration/configuration';
import { differencesBetween, isEmpty, type Differences } from '../configuration/differences';
import { faultsOfRestart } from '../configuration/restart-only';
import { openServing, type ServingServices } from '../open-serving';
import { changeCertificate } from '../server';
import type { Serving } from '../serving';
import type { CloseReason } from '../websocket/close-frame';
import { refusedBecauseOf, ReloadRefused, STOPPING, type ReloadResult } from './reload-result';
import { retire } from './retire';
import { SingleFlight } from './single-flight';

export interface ReloadServices extends ServingServices {
  /** Reads and checks the file again. @throws StartError */
  readonly read: () => Configuration;
  readonly server: Server;
  /** Called with the result of each reload. */
  readonly onReloaded: (result: ReloadResult) => void;
  /** Milliseconds for the requests that are in flight when another configuration takes effect. */
  readonly finishDeadline: (configuration: Configuration) => number;
}

const AWAY = (deadline: number): string =>
  `the store was not ready within ${deadline} ms: Redis does not reply, does not accept writes, or may evict live keys. Reload again when it is back`;

const isCertificateOnly = ({ added, removed, changed }: Differences): boolean =>
  added.length + removed.length === 0 && changed.every((key) => /^listen\.tls\b/.test(key));

/** The configuration in effect, and its replacement by the next version of the file, all or nothing. */
export class Reloads {
  readonly #services: ReloadServices;
  readonly #reloads = new SingleFlight(() => this.#reload());
  #configuration: Configuration;
  #serving: Serving;
  /** The end of the requests that began under the previous configuration. */
  #retired: Promise<void> = Promise.resolve();
  /** True if a reload failed after records of the file may have been registered, so the next one must register them. */
  #isRepeatNeeded = false;
  /** The serving of a reload in progress, while it waits for the store. */
  #opening: Serving | undefined;

  constructor(configuration: Configuration, serving: Serving, services: ReloadServices) {
    this.#services = services;
    this.#configuration = configuration;
    this.#serving = serving;
    serving.takeEffect();
  }

  readonly handle: RequestListener = (request, response) => this.#serving.handle(request, response);

  /** The configuration in effect. */
  get configuration(): Configuration {
    return this.#configuration;
  }

  /** Reloads the file. Calls during a reload share one that begins after it. Never rejects. */
  reload(): Promise<ReloadResult> {
    return this.#reloads.run();
  }

  /** Closes the WebSockets of the configuration in effect. Those of the previous one are being closed. */
  closeWebSockets(reason: CloseReason): Promise<void> {
    return this.#serving.closeWebSockets(reason);
  }

  /** Closes what the configuration in effect has opened. A reload in progress is abandoned. */
  async close(): Promise<void> {
    await this.#opening?.close(0); // which ends its wait for the store
    await this.#reloads.settle();
    await this.#retired;
    await this.#serving.close(0);
  }

  async #reload(): Promise<ReloadResult> {
    const result = await this.#apply().catch(refusedBecauseOf);
    this.#services.onReloaded(result);
    return result;
  }

  async #apply(): Promise<ReloadResult> {
    if (this.#services.isDraining()) throw new ReloadRefused(STOPPING);
    const before = this.#configuration;
    const after = this.#services.read();
    after.refuse(faultsOfRestart(before, after));
    const differences = differencesBetween(before.version, after.version);
    if (isEmpty(differences) && !this.#isRepeatNeeded) return { outcome: 'unchanged' };
    const isServingKept = isCertificateOnly(differences) && !this.#isRepeatNeeded;
    const serving = isServingKept ? this.#serving : await this.#open(after);
    this.#switchTo(after, serving);
    return { outcome: 'reloaded', differences };
  }

  /** Opens another serving, once the one before the present one is closed, so that there are never more than two. */
  async #open(configuration: Configuration): Promise<Serving> {
    const { demos, limits } = this.#services;
    await this.#retired;
    await demos.start(configuration.apis);
    if (this.#services.isDraining()) throw new ReloadRefused(STOPPING); // before anything is registered
    const serving = openServing(configuration, this.#services);
    this.#opening = serving;
    this.#isRepeatNeeded = true;
    try {
      const isReady = await serving.ready(limits.reloadDeadline);
      if (this.#services.isDraining()) throw new ReloadRefused(STOPPING);
      if (!isReady) throw new ReloadRefused(AWAY(limits.reloadDeadline));
      this.#isRepeatNeeded = false;
      return serving;
    } catch (error) {
      await serving.close(0);
      throw error;
    } finally {
      this.#opening = undefined;
    }
  }

  /** Uses another configuration for all requests from now on. Synchronous, so that no request gets a part of each. */
  #switchTo(configuration: Configuration, serving: Serving): void {
    const { server, finishDeadline, logger } = this.#services;
    if (configuration.listen.tls !== undefined) changeCertificate(server, configuration.listen.tls);
    const former = this.#serving;
    this.#configuration = configuration;
    this.#serving = serving;
    if (serving === former) return;
    serving.takeEffect();
    this.#retired = retire(former, finishDeadline(configuration), logger);
  }
}
