import { digestOf } from '../../protocol/secrets';
import type { Sendable } from '../response';

export interface Asset {
  readonly type: string;
  readonly text: string | Buffer;
  /** Headers of its own, such as a policy of its own. */
  readonly headers?: Readonly<Record<string, string>>;
}

const FOLDER = '/assets/';

/** The URL of a file changes with its content, so browsers may keep it for a year. Other URLs of it are kept for an hour. */
const VERSIONED = { maxAge: 31_536_000, isImmutable: true };
const UNVERSIONED = { maxAge: 3600 };

/** Files that pages load. Their URLs contain a version, so that browsers do not use outdated ones from their cache. */
export class Assets {
  readonly #files: ReadonlyMap<string, Asset>;
  readonly #version: string;

  /** @param files by name */
  constructor(files: ReadonlyMap<string, Asset>) {
    this.#files = files;
    this.#version = digestOf([...files.values()].map(({ text }) => text.toString()).join('')).slice(0, 8);
  }

  /**
   * Finds the response with a file by its path below the mount and the query.
   * @param headers of every response
   */
  find(path: string, query: URLSearchParams, headers: Readonly<Record<string, string>>): Sendable | undefined {
    const asset = path.startsWith(FOLDER) ? this.#files.get(path.slice(FOLDER.length)) : undefined;
    if (asset === undefined) return undefined;
    const caching = query.get('v') === this.#version ? VERSIONED : UNVERSIONED;
    return {
      status: 200,
      type: asset.type,
      text: asset.text,
      headers: { ...headers, ...asset.headers },
      caching,
    };
  }

  urlOf(mount: string, name: string): string {
    return `${mount}${FOLDER}${name}?v=${this.#version}`;
  }
}
