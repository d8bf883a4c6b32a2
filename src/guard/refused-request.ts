import type { RefusedRequest } from '../usage/usage';
import type { Rule } from './judge';
import type { Refusal } from './refusals';

/** The part of a request that a refusal is described by. */
export interface RequestOfRefusal {
  readonly method: string;
  /** The route of the host application, if Express has found one. */
  readonly route?: unknown;
}

/** Facts that only some refusals have. */
interface MoreFacts {
  readonly missing?: readonly string[];
  readonly plan?: string | undefined;
  /** @default that of the refusal */
  readonly reason?: string | undefined;
}

/** Returns the path of a route as the host application has declared it; empty if it is not a text. */
const routePath = (route: unknown): string => {
  const path: unknown = typeof route === 'object' && route !== null && 'path' in route ? route.path : undefined;
  return typeof path === 'string' ? path : '';
};

/** Describes a refusal for the usage of the application: by names that are declared, and no text of the request. */
export const factsOfRefusal = (
  { method, route }: RequestOfRefusal,
  refusal: Pick<Refusal, 'status' | 'reason'>,
  { resource, path }: Pick<Rule, 'resource' | 'path'>,
  { missing = [], plan = '', reason = refusal.reason }: MoreFacts = {},
): RefusedRequest => ({
  status: refusal.status,
  reason,
  api: resource.api?.name ?? '',
  resource: path ?? routePath(route),
  method,
  missing,
  plan,
});
