import type { Api } from '../../access/api';
import { API_STATUSES, type ApiStatus } from '../../access/lifecycle';

/** Number of APIs on a page. */
const PAGE_LENGTH = 20;

/** A search in the catalogue. */
export interface CatalogueQuery {
  /** Every word has to be found in name, title, description, tags or paths. */
  readonly text: string;
  readonly tag: string;
  /** `undefined`: all that are not retired. */
  readonly status: ApiStatus | undefined;
  /** The page, from 1. */
  readonly page: number;
}

/** A page of the APIs that a search has found. */
export interface CataloguePage {
  readonly apis: readonly Api[];
  /** Number of APIs that were found. */
  readonly total: number;
  readonly page: number;
  readonly pages: number;
  /** Number of the first API on the page, from 1. */
  readonly first: number;
}

interface Entry {
  readonly api: Api;
  readonly text: string;
}

const normal = (text: string): string => text.normalize('NFKC').toLowerCase();

const entryOf = (api: Api): Entry => {
  const { name, title, version = '', description = '', tags, context, documentation } = api;
  const operations = documentation.operations.flatMap(({ path, summary = '' }) => [context + path, summary]);
  return { api, text: normal([name, title, version, description, ...tags, ...operations].join('\n')) };
};

export const readCatalogueQuery = (query: URLSearchParams): CatalogueQuery => {
  const page = /^[1-9]\d{0,5}$/.exec(query.get('page') ?? '');
  return {
    text: (query.get('q') ?? '').slice(0, 100),
    tag: query.get('tag') ?? '',
    status: API_STATUSES.find((status) => status === query.get('status')),
    page: page === null ? 1 : Number(page[0]),
  };
};

/** The APIs of a gate as users look for them. */
export class Catalogue {
  readonly #apis: readonly Api[];
  #entries: readonly Entry[] | undefined;

  constructor(apis: Iterable<Api>) {
    this.#apis = [...apis];
  }

  /** Returns the tags of all APIs, each once, in the order of a language. */
  tags(language: string): readonly string[] {
    const { compare } = new Intl.Collator(language, { numeric: true });
    return [...new Set(this.#apis.flatMap(({ tags }) => tags))].sort(compare);
  }

  /** Finds APIs, sorted by title and then with the latest version first. */
  find({ text, tag, status, page: wanted }: CatalogueQuery, language: string): CataloguePage {
    this.#entries ??= this.#apis.map(entryOf);
    const words = normal(text).split(/\s+/).filter(Boolean);
    const found = this.#entries.filter(
      ({ api, text: searched }) =>
        (status === undefined ? api.lifecycle.status !== 'retired' : api.lifecycle.status === status) &&
        (tag === '' || api.tags.includes(tag)) &&
        words.every((word) => searched.includes(word)),
    );
    const { compare } = new Intl.Collator(language, { numeric: true });
    const sorted = found
      .map(({ api }) => api)
      .sort(
        (one, other) =>
          compare(one.title, other.title) ||
          compare(other.version ?? '', one.version ?? '') ||
          compare(one.name, other.name),
      );
    const pages = Math.max(1, Math.ceil(sorted.length / PAGE_LENGTH));
    const page = Math.min(wanted, pages);
    const begin = (page - 1) * PAGE_LENGTH;
    const shown = sorted.slice(begin, begin + PAGE_LENGTH);
    return { apis: shown, total: sorted.length, page, pages, first: begin + 1 };
  }

  /** Returns the other versions of an API, the latest first: APIs of the same title with another version. */
  otherVersions({ name, title, version }: Api): readonly Api[] {
    const { compare } = new Intl.Collator('en', { numeric: true });
    return this.#apis
      .filter((other) => other.name !== name && other.version !== version && normal(other.title) === normal(title))
      .sort((one, other) => compare(other.version ?? '', one.version ?? ''));
  }
}
