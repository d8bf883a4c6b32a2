/** The position of a value in the file: names and list indexes from the outside in. */
export type Path = readonly (string | number)[];

/** One error in the file. */
export interface Fault {
  readonly path: Path;
  /** The error and its fix, as the end of a sentence that begins with the key. */
  readonly problem: string;
}

/** Collects faults, so that one start reports all of them. */
export class Faults {
  readonly #found: Fault[] = [];
  readonly #unresolved = new Set<string>();

  /** Adds a fault, unless the reference in the value could not be resolved. */
  add(path: Path, problem: string): undefined {
    if (!this.#unresolved.has(printPath(path))) this.#found.push({ path, problem });
    return undefined;
  }

  /** Adds a fault of a reference. Later faults of the key are left out, because the value that they are about is missing. */
  addReference(path: Path, problem: string): void {
    this.#unresolved.add(printPath(path));
    this.#found.push({ path, problem });
  }

  /** Checks whether a fault of this key has been added. */
  has(path: Path): boolean {
    return this.#found.some((fault) => printPath(fault.path) === printPath(path));
  }

  get all(): readonly Fault[] {
    return this.#found;
  }
}

/** Formats a path, such as `applications[0].name`. */
export const printPath = (path: Path): string =>
  path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');

/** Sections of docs/errors.md about starts that fail. */
export type StartTopic = 'gateway-file' | 'gateway-command-line' | 'gateway-address' | 'gateway-workers';

/**
 * The gateway cannot start as configured. Each of `messages` is complete: the position, the error and the fix. The
 * message of the error has all of them, and ends with the section of the documentation.
 */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly messages: readonly string[];
  readonly topic: StartTopic;

  constructor(messages: readonly string[], topic: StartTopic) {
    super([...messages, `See docs/errors.md#${topic}`].join('\n'));
    this.messages = messages;
    this.topic = topic;
  }
}
