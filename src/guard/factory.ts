import { ConfigurationError, inCall } from '../protocol/errors';

/** Checks whether Express calls a function as a middleware: with a request, a response and `next`. */
const isMiddlewareCall = ([request, , next]: readonly unknown[]): boolean =>
  typeof next === 'function' && typeof request === 'object' && request !== null && 'headers' in request;

const refuseMiddlewareCall = (given: readonly unknown[], sentence: string): void => {
  if (isMiddlewareCall(given)) throw new ConfigurationError([{ path: [], problem: sentence }], sentence);
};

/**
 * A function that makes a middleware. Mounted without being called it would leave every request without an answer, so it
 * throws at the first one, and Express answers 500.
 * @param name is the function's, such as `gate.routes`; messages about its arguments begin with it
 * @param example shows how it is written
 */
export const factory =
  <A extends readonly unknown[], R>(name: string, example: string, make: (...given: A) => R): ((...given: A) => R) =>
  (...given) => {
    refuseMiddlewareCall(given, `${name} is a function: write ${example}`);
    return inCall(name, () => make(...given));
  };

/** A function of the gate that no router should call. As a middleware it would leave every request without an answer. */
export const noMiddleware =
  <A extends readonly unknown[], R>(name: string, act: (...given: A) => R): ((...given: A) => R) =>
  (...given) => {
    refuseMiddlewareCall(given, `${name} is no middleware: call ${name}(…) in a handler of your own`);
    return act(...given);
  };
