import { ConfigurationError, inCall } from '../protocol/errors';

/** Checks whether Express calls a function as a middleware: with a request, a response and `next`. */
const isMiddlewareCall = ([request, , next]: readonly unknown[]): boolean =>
  typeof next === 'function' && typeof request === 'object' && request !== null && 'headers' in request;

const refuseMiddlewareCall = (given: readonly unknown[], sentence: string): void => {
  if (isMiddlewareCall(given)) throw new ConfigurationError([{ path: [], problem: sentence }], sentence);
};

/**
 * Wraps a function that makes a middleware. If it were mounted without being called, no request would get a response,
 * so it throws at the first one, and Express responds with 500.
 * @param name of the function, such as `gate.routes`; messages about its arguments begin with it
 * @param example of the correct call
 */
export const factory =
  <A extends readonly unknown[], R>(name: string, example: string, make: (...given: A) => R): ((...given: A) => R) =>
  (...given) => {
    refuseMiddlewareCall(given, `${name} is a function: write ${example}`);
    return inCall(name, () => make(...given));
  };

/** Wraps a function that is not a middleware: mounted as one it throws, instead of leaving a request unanswered. */
export const notMiddleware =
  <A extends readonly unknown[], R>(name: string, act: (...given: A) => R): ((...given: A) => R) =>
  (...given) => {
    refuseMiddlewareCall(given, `${name} is not a middleware: call ${name}(…) in a handler of your own`);
    return act(...given);
  };
