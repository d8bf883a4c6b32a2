import { authorizePath } from './endpoints';
import type { Faults } from './fault';
import { isMap, type Fields } from './fields';

export const isAtOrBelow = (path: string, above: string): boolean => path === above || path.startsWith(`${above}/`);

/** Returns the names of APIs with the paths at which they are mounted. */
export const contextsIn = (apis: unknown): readonly (readonly [name: string, context: string])[] =>
  Object.entries(isMap(apis) ? apis : {}).map(([name, api]) => {
    const context = isMap(api) ? api['context'] : undefined;
    return [name, typeof context === 'string' ? context : `/${name}`];
  });

/** Refuses APIs at or below the authorization endpoint: its pages answer every request there. */
export const refuseContextsOfPages = (faults: Faults, options: Fields): void => {
  const pages = authorizePath(options);
  if (pages === undefined) return;
  for (const [name, context] of contextsIn(options['apis'])) {
    if (!isAtOrBelow(context, pages)) continue;
    faults.add(
      ['apis', name, 'context'],
      `must not be or be below ${pages}, where the authorization endpoint has its pages; choose another, or set paths.authorize`,
    );
  }
};
