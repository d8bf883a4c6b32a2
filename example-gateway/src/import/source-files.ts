/** The files of a source, by names relative to it, with `/` between folders. */
export interface SourceFiles {
  /** Sorted, so that the same source always gives the same result. */
  readonly names: readonly string[];
  /** @throws ImportError if the file cannot be read */
  read(name: string): Uint8Array;
}

/** Bytes of one file, and of a zip archive. */
export const MAX_FILE_SIZE = 4 * 1024 * 1024;
/** Files in a folder or an archive, at most. */
export const MAX_FILES = 5_000;

/** Files that an importer may read. */
export const isConfiguration = (name: string): boolean => /\.(?:ya?ml|json)$/i.test(name);
