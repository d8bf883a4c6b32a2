import { resolve } from 'node:path';
import { readRegularFile } from './regular-file';

/** The contents of files, by absolute path. */
export type FileSnapshot = ReadonlyMap<string, Buffer>;

/**
 * Reads the files of a configuration: the YAML file and those that it names. Several processes load identical contents
 * by it, even if a file changes on the disk in between: one records what it reads, and the others replay that.
 */
class SourceFiles {
  #read: (path: string) => Buffer = readRegularFile;

  /** @throws the system's error if the file cannot be read, or that of `readRegularFile` */
  read(name: string): Buffer {
    return this.#read(resolve(name));
  }

  /** Calls `load`, which is synchronous, and also returns the files that it has read. */
  record<T>(load: () => T): { readonly value: T; readonly files: FileSnapshot } {
    const files = new Map<string, Buffer>();
    const read = this.#read;
    const value = this.#using((path) => {
      const contents = read(path);
      files.set(path, contents);
      return contents;
    }, load);
    return { value, files };
  }

  /** Calls `load`, which is synchronous, with the contents of `files` in place of those on the disk. */
  replay<T>(files: FileSnapshot, load: () => T): T {
    return this.#using((path) => {
      const contents = files.get(path);
      if (contents === undefined) throw Object.assign(new Error('not among the recorded files'), { code: 'ENOENT' });
      return contents;
    }, load);
  }

  #using<T>(read: (path: string) => Buffer, load: () => T): T {
    const former = this.#read;
    this.#read = read;
    try {
      return load();
    } finally {
      this.#read = former;
    }
  }
}

/** The only instance, because the functions that read the parts of a configuration share it. */
export const sourceFiles = new SourceFiles();
