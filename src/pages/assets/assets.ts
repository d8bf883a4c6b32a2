import { digestOf } from '../../protocol/secrets';

export interface Asset {
  readonly type: string;
  readonly text: string;
}

const FOLDER = '/assets/';

/** Files that pages load. Their URLs contain a version, so that browsers do not use outdated ones from their cache. */
export class Assets {
  readonly #files: ReadonlyMap<string, Asset>;
  readonly #version: string;

  /** @param files by name */
  constructor(files: ReadonlyMap<string, Asset>) {
    this.#files = files;
    this.#version = digestOf([...files.values()].map(({ text }) => text).join('')).slice(0, 8);
  }

  /** Finds a file by its path below the mount. */
  find(path: string): Asset | undefined {
    return path.startsWith(FOLDER) ? this.#files.get(path.slice(FOLDER.length)) : undefined;
  }

  urlOf(mount: string, name: string): string {
    return `${mount}${FOLDER}${name}?v=${this.#version}`;
  }
}
