import type { Environment } from 'scopegate';
import type { Repeats } from '../log/repeats';
import type { UpstreamListener } from '../metrics/upstream-metrics';
import type { Upstream } from '../proxy/upstream';
import type { EjectionListener } from './upstream-group';

export interface EjectionServices {
  readonly api: string;
  readonly environment: Environment;
  /** For the log lines, which servers that fail now and then cause repeatedly. */
  readonly repeats: Repeats;
  /** Left out: nothing is counted. */
  readonly upstreamListener: UpstreamListener | undefined;
}

/** Logs and counts the servers of a group that are ejected or return. */
export class EjectionReports implements EjectionListener<Upstream> {
  readonly #services: EjectionServices;
  readonly #ejected = new Set<Upstream>();

  constructor(services: EjectionServices) {
    this.#services = services;
  }

  onEjected(server: Upstream): void {
    const { api, upstreamListener } = this.#services;
    this.#ejected.add(server);
    upstreamListener?.onEjected(api);
    this.#log('warn', server, 'An upstream server is left out, because connections to it fail');
  }

  onReturned(server: Upstream): void {
    const { api, upstreamListener } = this.#services;
    if (this.#ejected.delete(server)) upstreamListener?.onReturned(api);
    this.#log('info', server, 'An upstream server is used again');
  }

  /** Ends the count of servers that are still ejected, because the group is no longer used. */
  close(): void {
    for (const _ of this.#ejected) this.#services.upstreamListener?.onReturned(this.#services.api);
    this.#ejected.clear();
  }

  #log(level: 'info' | 'warn', { authority }: Upstream, message: string): void {
    const { api, environment, repeats } = this.#services;
    repeats.write(level, { api, environment, server: authority }, message);
  }
}
