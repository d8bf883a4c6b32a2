import express, { type RequestHandler } from 'express';

const express4 = jest.requireActual<typeof express>('express4');

/** A path template, a method, and what a test needs of the handler that answers there. */
export interface Routed {
  readonly path: string;
  readonly method: string;
}

/** A router, and a phrase that describes how it was created. */
export interface BuiltRouter<T> {
  readonly name: string;
  /** The route whose handler a request reaches, or `undefined`. */
  reached(method: string, url: string): T | undefined;
}

const literalOf = (written: string): string => written.replaceAll(/%3A/gi, ':');

const version4 = {
  name: 'Express 4',
  framework: express4,
  literal: (text: string): string => literalOf(text).replaceAll(/[^\w/%~@-]/g, '\\$&'),
  rest: '*',
};

const version5 = {
  name: 'Express 5',
  framework: express,
  literal: (text: string): string => literalOf(text).replaceAll(/[{}()[\]+?!:*\\]/g, '\\$&'),
  rest: '{*rest}',
};

/** A template of a list of resources, as a route of Express. */
const routePath = (path: string, { literal, rest }: typeof version4): string =>
  path
    .split('/')
    .map((segment, index) => {
      if (segment === '*') return rest;
      const [, suffix = ''] = /^:\w+(.*)$/.exec(segment) ?? [];
      return segment.startsWith(':') ? `:p${index}${literal(suffix)}` : literal(segment);
    })
    .join('/');

const rankOf = (segment: string): number => {
  if (segment === '*') return 3;
  if (!segment.startsWith(':')) return 0;
  const suffix = literalOf(segment.replace(/^:\w+/, ''));
  return suffix === '' ? 2 : 2 - suffix.length / 100;
};

const segmentsOf = (path: string): readonly string[] => path.split('/').filter((segment) => segment !== '');

const compareRanks = (one: readonly number[], other: readonly number[]): number => {
  for (const [index, rank] of one.entries()) {
    if (rank !== other[index]) return rank - (other[index] ?? -1);
  }
  return one.length - other.length;
};

const firstDifference = (one: string, other: string): number =>
  compareRanks(segmentsOf(one).map(rankOf), segmentsOf(other).map(rankOf));

const total = (path: string): readonly number[] => {
  const segments = segmentsOf(path);
  const isRest = segments.at(-1) === '*';
  return [isRest ? 1 : 0, isRest ? -segments.length : 0, segments.reduce((sum, segment) => sum + rankOf(segment), 0)];
};

const leastTotal = (one: string, other: string): number => compareRanks(total(one), total(other));

/** Two orders of registration in which no template precedes a more specific one. */
const ORDERS = [
  { name: 'by the first difference', compare: firstDifference },
  { name: 'by the number of parameters', compare: leastTotal },
];

/** HEAD has to be registered before GET, which would answer it. */
const byMethod = (one: string, other: string): number => Number(other === 'HEAD') - Number(one === 'HEAD');

type AnyRouter = (request: object, response: object, next: () => void) => void;

/** Real routers of both versions of Express with all settings, the more specific templates registered first. */
export const expressRouters = <T extends Routed>(routes: readonly T[]): readonly BuiltRouter<T>[] =>
  [version4, version5].flatMap((version) =>
    [false, true].flatMap((caseSensitive) =>
      [false, true].flatMap((strict) =>
        ORDERS.map((order) => {
          const router = version.framework.Router({ caseSensitive, strict });
          let reached: T | undefined;
          const sorted = routes.toSorted(
            (one, other) => order.compare(one.path, other.path) || byMethod(one.method, other.method),
          );
          for (const route of sorted) {
            const handler: RequestHandler = () => {
              reached = route;
            };
            const at = router.route(routePath(route.path, version));
            at[route.method.toLowerCase() as 'get'](handler);
          }
          return {
            name: `${version.name}, caseSensitive ${caseSensitive}, strict ${strict}, registered ${order.name}`,
            reached: (method: string, url: string): T | undefined => {
              reached = undefined;
              (router as AnyRouter)({ method, url, originalUrl: url, baseUrl: '' }, {}, () => undefined);
              return reached;
            },
          };
        }),
      ),
    ),
  );
