import type { RequestHandler } from 'express';
import { factory } from './factory';
import type { Guard } from './guard';
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

  constructor(guard: Guard, compile: CompileRequirement) {
    this.#guard = guard;
    this.#compile = compile;
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
        this.#guard.require(anyToken, resource),
      ),
    };
  }

  #requireScope(resource: ProtectedResource, first: unknown, more: readonly unknown[]): RequestHandler {
    const [guard, compile] = [this.#guard, this.#compile];
    if (more.length > 0) return guard.require(compile({ allOf: [first, ...more] }), resource);
    if (!isMethodMap(first)) return guard.require(compile(first), resource);
    const byMethod = Object.entries(first).map(([method, requirement]) => [method, compile(requirement)] as const);
    return guard.requireByMethod(new Map(byMethod), resource);
  }
}
