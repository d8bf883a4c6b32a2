/**
 * A callback that is set after the services that call it have been created. Calls before that have no effect.
 * @example new Guard({ onAllowed: allowed.call, … }) and, if a portal opens, allowed.set(noteUse)
 */
export class Hook<T> {
  #listener: ((value: T) => void) | undefined;

  readonly call = (value: T): void => this.#listener?.(value);

  set(listener: (value: T) => void): void {
    this.#listener = listener;
  }
}
