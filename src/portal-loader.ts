import type { RequestHandler } from 'express';
import type * as portalModule from './portal/portals';
import type { PortalOptions } from './portal/services';

/** Opens the portals of one gate. Loads the portal's modules with the first one, because most gates have none. */
export class PortalLoader {
  readonly #services: portalModule.PortalsServices;
  #portals: portalModule.Portals | undefined;
  #isClosed = false;

  constructor(services: portalModule.PortalsServices) {
    this.#services = services;
  }

  /** @throws ConfigurationError */
  open(options?: PortalOptions): RequestHandler {
    this.#portals ??= this.#load();
    return this.#portals.open(options);
  }

  /** Writes what the portals have recorded. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#portals?.close();
  }

  #load(): portalModule.Portals {
    // `require`, because `gate.portal()` returns the middleware synchronously.
    const { Portals } = require('./portal/portals') as typeof portalModule;
    const portals = new Portals(this.#services);
    if (this.#isClosed) void portals.close();
    return portals;
  }
}
