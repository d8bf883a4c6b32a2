import { PAGES } from '../../../src/portal/routes';

/** Values of the parameters in paths of pages: records that exist. */
export interface PageRecords {
  /** Id of an application of the signed-in user, which subscribes to the API. */
  readonly id: string;
  /** Id of a secret of that application. */
  readonly secret: string;
  /** Name of an API. */
  readonly name: string;
  /** Another user of the administrator's organization. */
  readonly username: string;
}

/** A page, and the address below the mount at which it shows existing records. */
export interface AddressedPage {
  readonly path: string;
  readonly address: string;
  readonly for: (typeof PAGES)[number]['for'];
}

/** Queries of the pages that show nothing without one. */
const QUERIES: Readonly<Record<string, (records: PageRecords) => string>> = {
  '/applications/:id/unsubscribe': ({ name }) => `?api=${name}`,
  '/admin/applications/:id/unsubscribe': ({ name }) => `?api=${name}`,
  '/admin/users/remove': ({ username }) => `?username=${encodeURIComponent(username)}`,
  '/admin/users/sign-out': ({ username }) => `?username=${encodeURIComponent(username)}`,
  '/admin/users/disable': ({ username }) => `?username=${encodeURIComponent(username)}`,
};

/** Files that are downloaded from the path of a page, such as `openapi.json`. */
const isFile = (path: string): boolean => /\.\w+$/.test(path);

/**
 * Returns every page of the portal with its address, without files.
 * @throws Error for a path with a parameter that no record is known for
 */
export const addressedPages = (records: PageRecords): readonly AddressedPage[] =>
  PAGES.filter(({ path }) => !isFile(path)).map(({ path, for: users }) => {
    const address = path.replaceAll(/:(\w+)/g, (_, parameter: string) => {
      const value = (records as unknown as Readonly<Record<string, string>>)[parameter];
      if (value === undefined) throw new Error(`add a record for :${parameter} of ${path} to PageRecords`);
      return encodeURIComponent(value);
    });
    return { path, address: address + (QUERIES[path]?.(records) ?? ''), for: users };
  });
