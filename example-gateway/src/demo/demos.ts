import type { Environment } from 'scopegate';
import type { MountedApi } from '../configuration/apis';
import { startOrders, type Demo } from './orders';

/** Checks whether an API is served by a demo. */
export const hasDemo = (apis: readonly MountedApi[]): boolean => apis.some(({ upstream }) => upstream.kind === 'demo');

/** The demo upstreams of a gateway. */
export interface DemoUpstreams {
  /** Starts the demos that the APIs need, unless they run. */
  start(apis: readonly MountedApi[]): Promise<void>;
  /** Returns the address of a demo; `undefined` if it does not run. */
  urlOf(environment: Environment): URL | undefined;
  close(): void;
}

/**
 * The demo upstreams of this process: one per environment, so that sandbox requests do not change production data. Once started, they
 * run until the gateway is closed, so that a reload does not reset their data.
 */
export class Demos implements DemoUpstreams {
  readonly #started = new Map<Environment, Demo>();

  async start(apis: readonly MountedApi[]): Promise<void> {
    if (hasDemo(apis)) await this.#start('production');
    if (apis.some(({ sandbox }) => sandbox?.kind === 'demo')) await this.#start('sandbox');
  }

  urlOf(environment: Environment): URL | undefined {
    return this.#started.get(environment)?.url;
  }

  close(): void {
    for (const demo of this.#started.values()) demo.close();
    this.#started.clear();
  }

  async #start(environment: Environment): Promise<void> {
    if (!this.#started.has(environment)) this.#started.set(environment, await startOrders());
  }
}
