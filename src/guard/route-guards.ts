import type { RequestHandler } from 'express';
import { USUAL_METHODS } from '../protocol/cors';
import type { Cors, MethodsOf } from './cors';
import { factory } from './factory';
import { AT_GUARD, type Guard } from './guard';
import { withLifecycle } from './lifecycle';
import { allowedMethods } from './methods';
import type { ProtectedResource } from './protected-resource';
import { anyToken, isMethodMap, type CompileRequirement } from './requirements';

/** Functions that make guards of single routes. Their arguments are checked, because JavaScript may pass anything. */
export interface RouteGuardFactories {
  readonly requireScope: (first: unknown, ...more: readonly unknown[]) => RequestHandler;
  readonly requireToken: () => RequestHandler;
}

/** Makes guards of single routes. */
export class RouteGuards {
  readonly #guard: Guard;
  readonly #compile: CompileRequirement;
  readonly #cors: Cors;

  constructor(guard: Guard, compile: CompileRequirement, cors: Cors) {
    this.#guard = guard;
    this.#compile = compile;
    this.#cors = cors;
  }

  /** @param owner is the object that the functions belong to, for their messages. */
  at(resource: ProtectedResource, owner: string): RouteGuardFactories {
    const example = (call: string): string => `app.get('/orders', ${owner}.${call}, …)`;
    return {
      requireScope: factory(
        `${owner}.requireScope`,
        example("requireScope('read')"),
        (first: unknown, ...more: readonly unknown[]) => this.#requireScope(resource, first, more),
      ),
      requireToken: factory(`${owner}.requireToken`, example('requireToken()'), () =>
        this.#mount(this.#guard.require(anyToken, resource), resource, USUAL_METHODS),
      ),
    };
  }

  /** Applies the lifecycle of the API, and lets scripts of other origins use the route, if the gate allows them. */
  #mount(handler: RequestHandler, resource: ProtectedResource, methods: readonly string[]): RequestHandler {
    const methodsOf: MethodsOf = (request) => {
      this.#guard.note(request, AT_GUARD);
      return methods;
    };
    return this.#cors.around(withLifecycle(handler, resource, this.#guard), methodsOf);
  }

  #requireScope(resource: ProtectedResource, first: unknown, more: readonly unknown[]): RequestHandler {
    const [guard, compile] = [this.#guard, this.#compile];
    if (more.length > 0) {
      return this.#mount(guard.require(compile({ allOf: [first, ...more] }), resource), resource, USUAL_METHODS);
    }
    if (!isMethodMap(first)) return this.#mount(guard.require(compile(first), resource), resource, USUAL_METHODS);
    const byMethod = new Map(Object.entries(first).map(([method, requirement]) => [method, compile(requirement)]));
    return this.#mount(guard.requireByMethod(byMethod, resource), resource, allowedMethods([...byMethod.keys()]));
  }
}
