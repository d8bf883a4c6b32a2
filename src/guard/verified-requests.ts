import type { Request } from 'express';
import { UnguardedError } from '../protocol/errors';
import type { Auth } from './auth';

const describeUnguarded = ({ method, originalUrl, route }: Partial<Request>, call: string): string => {
  const declared: unknown = (route as { readonly path?: unknown } | undefined)?.path;
  const path = typeof declared === 'string' ? declared : (originalUrl?.split('?')[0] ?? '');
  return (
    `ERR_SCOPEGATE_UNGUARDED: ${call}: no guard ran on ${method ?? 'this request'} ${path}. ` +
    "Add gate.requireScope('...') or gate.requireToken() before this handler."
  );
};

/** The rights of the requests that a guard has let through. */
export class VerifiedRequests {
  readonly #auths = new WeakMap<object, Auth>();

  set(request: object, auth: Auth): void {
    this.#auths.set(request, auth);
  }

  delete(request: object): void {
    this.#auths.delete(request);
  }

  /** Returns the rights of a verified token; `undefined` for a request that no guard has let through. */
  find(request: object): Auth | undefined {
    return this.#auths.get(request);
  }

  /**
   * Like `find`.
   * @param call that needs the rights, for the message
   * @throws UnguardedError if no guard has let the request through
   */
  get(request: object, call: string): Auth {
    const auth = this.#auths.get(request);
    if (auth !== undefined) return auth;
    throw new UnguardedError(describeUnguarded(request as Partial<Request>, call));
  }
}
