import type { Emit } from '../../events/emitter';
import type { LogFields, Logger } from '../../events/logger';
import { cureOf, type Reason } from './reasons';
import { SpacedLines } from './spaced-lines';

const withCure = (message: string, reason: Reason): string => {
  const cure = cureOf(reason);
  return cure === undefined ? message : `${message}. ${cure}`;
};

const REFUSED = 'Redis refused a command: requests that need it get a 503 response';

const fieldsOf = ({ word, command }: Reason): LogFields => ({
  store: 'redis',
  reason: word,
  ...(command === undefined ? {} : { command }),
});

/** State of a connection to Redis, as reported to operators: whether Redis is away, and why. */
export class Outage {
  readonly #emit: Emit;
  readonly #logger: Logger;
  readonly #refusals: SpacedLines;
  readonly #logged = new Set<string>();
  #reason: Reason | undefined;

  constructor(emit: Emit, logger: Logger) {
    this.#emit = emit;
    this.#logger = logger;
    this.#refusals = new SpacedLines(logger);
  }

  /** Reason why Redis is away, in one word; `undefined` while it is not. */
  get reason(): string | undefined {
    return this.#reason?.word;
  }

  /**
   * Begins an outage, or adds a reason to the current one. Only replies of Redis are added: they are more specific than
   * the end of a connection. Each reason is logged once per outage, and the event is emitted once.
   */
  begin(reason: Reason): void {
    const isFirst = this.#reason === undefined;
    if (!isFirst && (reason.source === 'connection' || this.#logged.has(reason.word))) return;
    this.#reason = reason;
    this.#logged.add(reason.word);
    this.#logger.error(fieldsOf(reason), withCure('Redis is away: requests that need it get a 503 response', reason));
    if (isFirst) this.#emit({ type: 'storeAway', store: 'redis', reason: reason.word });
  }

  /** Ends the outage, if there is one. */
  end(): void {
    if (this.#reason === undefined) return;
    this.#reason = undefined;
    this.#logged.clear();
    this.#logger.info({ store: 'redis' }, 'Redis is back');
    this.#emit({ type: 'storeBack', store: 'redis' });
  }

  /** Logs that Redis replies with a refusal: it is out of memory, was demoted, or does not permit the command. */
  refused(reason: Reason): void {
    const { word, command } = reason;
    this.#refusals.error(`${word} ${command}`, fieldsOf(reason), withCure(REFUSED, reason));
  }
}
