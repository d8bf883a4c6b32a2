import type { Logger } from 'pino';
import type { Configuration } from '../configuration/configuration';
import { differencesBetween, isEmpty } from '../configuration/differences';
import { faultsOfRestart } from '../configuration/restart-only';
import type { FileSnapshot } from '../configuration/source-files';
import type { Demos } from '../demo/demos';
import { logReload } from '../reload/reload-log';
import { refusedBecauseOf, ReloadRefused, STOPPING, type ReloadResult } from '../reload/reload-result';
import { SingleFlight } from '../reload/single-flight';
import type { Source } from './messages';
import type { WorkerPool } from './worker-pool';
import type { WorkerSlot } from './worker-slot';

export interface WorkerReloadServices {
  /** The name of the file. */
  readonly file: string;
  /** Reads and checks the file again. @throws StartError */
  readonly read: () => { readonly configuration: Configuration; readonly files: FileSnapshot };
  readonly pool: WorkerPool;
  readonly demos: Demos;
  readonly logger: Logger;
  readonly isStopping: () => boolean;
  /** Milliseconds that a worker has for a reload, while this configuration is in effect. */
  readonly deadlineOf: (configuration: Configuration) => number;
}

export const sourceOf = (files: FileSnapshot, demos: Demos): Source => ({
  files,
  demos: { production: demos.urlOf('production')?.href, sandbox: demos.urlOf('sandbox')?.href },
});

const NO_WORKER = 'no worker is listening at the moment. Reload again when the log has `A worker listens`';

const UNFINISHED = 'a worker ended during the reload, or took too long. The log has the reason';

/**
 * Reloads all workers. The primary checks the file, and one worker applies it first. If that worker refuses it, nothing
 * has changed; otherwise the others follow, and one that cannot is replaced by a process that starts with the new file.
 */
export class WorkerReloads {
  readonly #services: WorkerReloadServices;
  readonly #reloads = new SingleFlight(() => this.#reload());
  #configuration: Configuration;
  /** True if a worker has refused a file, because it may have registered the records of that file. */
  #isRepeatNeeded = false;

  constructor(configuration: Configuration, services: WorkerReloadServices) {
    this.#configuration = configuration;
    this.#services = services;
  }

  /** The configuration in effect. */
  get configuration(): Configuration {
    return this.#configuration;
  }

  /** Reloads the file. Calls during a reload share one that begins after it. Never rejects. */
  reload(): Promise<ReloadResult> {
    return this.#reloads.run();
  }

  async #reload(): Promise<ReloadResult> {
    const { logger, file } = this.#services;
    const result = await this.#apply().catch(refusedBecauseOf);
    logReload(logger, file, result);
    return result;
  }

  async #apply(): Promise<ReloadResult> {
    const { read, demos, logger, isStopping } = this.#services;
    if (isStopping()) throw new ReloadRefused(STOPPING);
    const before = this.#configuration;
    const { configuration: after, files } = read();
    after.refuse(faultsOfRestart(before, after));
    const differences = differencesBetween(before.version, after.version);
    if (isEmpty(differences) && !this.#isRepeatNeeded) return { outcome: 'unchanged' };
    await demos.start(after.apis);
    const refusal = await this.#reloadWorkers(sourceOf(files, demos));
    if (refusal !== undefined) return refusal;
    this.#configuration = after;
    logger.level = after.log.level;
    return { outcome: 'reloaded', differences };
  }

  /** @returns why nothing has changed, or `undefined` if the workers have reloaded */
  async #reloadWorkers(source: Source): Promise<ReloadResult | undefined> {
    const { pool, deadlineOf } = this.#services;
    const first = pool.slots.find(({ ready }) => ready !== undefined);
    if (first === undefined) throw new ReloadRefused(NO_WORKER);
    this.#isRepeatNeeded = true;
    const result = await first.reload(source, deadlineOf(this.#configuration));
    if (result === undefined) {
      first.replace(); // it could still apply the file later, alone
      throw new ReloadRefused(UNFINISHED);
    }
    if (result.outcome === 'refused') return result;
    pool.use(source);
    this.#isRepeatNeeded = false;
    await Promise.all(pool.slots.filter((slot) => slot !== first).map((slot) => this.#follow(slot, source)));
    return undefined;
  }

  async #follow(slot: WorkerSlot, source: Source): Promise<void> {
    const { logger, deadlineOf } = this.#services;
    if (!slot.hasProcess) return; // the next process starts with the new file
    const result = await slot.reload(source, deadlineOf(this.#configuration));
    if (result === undefined && !slot.hasProcess) return;
    if (result !== undefined && result.outcome !== 'refused') return;
    const faults = result?.outcome === 'refused' ? result.messages : [UNFINISHED];
    logger.warn({ worker: slot.worker, faults }, 'A worker could not reload and is replaced');
    slot.replace();
  }
}
