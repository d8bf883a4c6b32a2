// The pages that are shot: every page of the portal.
import { fileURLToPath } from 'node:url';
import { loadTypeScript } from '../load-typescript.cjs';

const { addressedPages } = loadTypeScript(
  fileURLToPath(new URL('../../test/support/portal/page-addresses.ts', import.meta.url)),
);

/** Queries that decide what a page shows. */
const QUERIES = { '/generate-token': ({ id }) => `?client=${id}.production&scopes=orders:read` };

const nameOf = (path) => path.slice(1).replaceAll(/\/:?/g, '-') || 'root';

/** Returns the address of every page below the mount, for visitors and for users. */
export const pagesOf = (records) =>
  addressedPages(records).map(({ path, address, for: users }) => ({
    name: nameOf(path),
    address: address + (QUERIES[path]?.(records) ?? ''),
    isForVisitors: users === 'anyone',
  }));
