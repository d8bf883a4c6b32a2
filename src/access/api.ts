import type { Plan } from '../quotas/allowance';
import type { Documentation } from './documentation';
import type { Lifecycle } from './lifecycle';
import { scopesIn } from './requirement';
import type { Resource } from './resource';

/** A declared API: resources below a context, to which applications subscribe. */
export interface Api {
  readonly name: string;
  readonly title: string;
  readonly version: string | undefined;
  readonly context: string;
  /** True if tokens of sandbox keys are accepted. */
  readonly sandbox: boolean;
  /** True if WebSocket handshakes may bring the token in a subprotocol or by a ticket. */
  readonly websocket: boolean;
  /** True if an administrator or the operator approves the subscriptions of users. */
  readonly approval: boolean;
  /** The plans of subscriptions, the default one first; empty if they are not limited. */
  readonly plans: readonly Plan[];
  readonly resources: readonly Resource[];
  /** Operations of an OpenAPI document without `security`, such as `GET /orders`. They require any live token. */
  readonly unsecured: readonly string[];
  /** For people: paragraphs, lists, code and links; see `pages/prose.ts`. */
  readonly description: string | undefined;
  readonly tags: readonly string[];
  readonly lifecycle: Lifecycle;
  readonly documentation: Documentation;
}

/** Returns the names of the plans of each API, the default one first. */
export const plansOfApis = (apis: ReadonlyMap<string, Pick<Api, 'plans'>>): ReadonlyMap<string, readonly string[]> =>
  new Map([...apis].map(([name, { plans }]) => [name, plans.map((plan) => plan.name)] as const));

/** Returns the scopes that the resources of an API name, each once. */
export const scopesOfApi = ({ resources }: Api): readonly string[] => [
  ...new Set(resources.flatMap(({ access }) => (access.kind === 'scopes' ? scopesIn(access.requirement) : []))),
];

/** Returns the contexts of other APIs inside an API's own, relative to it: those APIs serve the paths below them. */
export const contextsInside = ({ context }: Api, apis: Iterable<Api>): readonly string[] =>
  [...apis].flatMap((other) => (other.context.startsWith(`${context}/`) ? [other.context.slice(context.length)] : []));
