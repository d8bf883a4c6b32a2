/** Where in the file a value is: names and list positions from the outside in. */
export type Path = readonly (string | number)[];

/** One thing that is wrong with the file. */
export interface Fault {
  readonly path: Path;
  /** The fault and its cure, as the end of a sentence that begins with the key. */
  readonly problem: string;
}

/** Collects faults, so that one start shows all of them. */
export class Faults {
  readonly #found: Fault[] = [];

  add(path: Path, problem: string): undefined {
    this.#found.push({ path, problem });
    return undefined;
  }

  get all(): readonly Fault[] {
    return this.#found;
  }
}

/** `applications[0].name` */
export const printPath = (path: Path): string =>
  path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');

/** The gateway cannot start as it was asked to. Each message is complete: where, what, and the cure. */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly messages: readonly string[];

  constructor(messages: readonly string[]) {
    super(messages.join('\n'));
    this.messages = messages;
  }
}
