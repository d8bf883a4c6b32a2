import { Unzip, UnzipInflate, type UnzipFile } from 'fflate';
import { ImportError } from './import-error';
import { isConfiguration, MAX_FILE_SIZE, MAX_FILES, type SourceFiles } from './source-files';

/** Bytes of all unpacked files together. */
const MAX_UNPACKED = 64 * 1024 * 1024;

/** Bytes that are unpacked between two checks. They can grow to about a thousand times as much. */
const STEP = 16 * 1024;

/** A name that stays inside the archive on every system. */
const isInside = (name: string): boolean =>
  !/[\\\0]|^\/|^[A-Za-z]:/.test(name) && !name.split('/').includes('..') && name.length <= 1_000;

/** The contents of one archive while it is unpacked. */
class Unpacking {
  readonly #archive: string;
  readonly files = new Map<string, Uint8Array>();
  #entries = 0;
  #unpacked = 0;

  constructor(archive: string) {
    this.#archive = archive;
  }

  readonly onFile = (file: UnzipFile): void => {
    this.#entries += 1;
    if (this.#entries > MAX_FILES) this.#refuse(`has more than ${MAX_FILES} files`);
    if (!isInside(file.name)) this.#refuse('has a file whose name leads out of the archive');
    if (!isConfiguration(file.name)) return;
    if (this.files.has(file.name)) this.#refuse('has two files of the same name');
    this.#unpack(file);
  };

  #unpack(file: UnzipFile): void {
    const chunks: Uint8Array[] = [];
    let size = 0;
    this.files.set(file.name, new Uint8Array());
    file.ondata = (error, chunk, isLast) => {
      // The library passes on what this function itself has thrown.
      if (error !== null) throw error;
      size += chunk.length;
      this.#unpacked += chunk.length;
      if (size > MAX_FILE_SIZE) this.#refuse('has a file that is larger than 4 MiB unpacked');
      if (this.#unpacked > MAX_UNPACKED) this.#refuse('is larger than 64 MiB unpacked');
      chunks.push(chunk);
      if (isLast) this.files.set(file.name, Buffer.concat(chunks));
    };
    file.start();
  }

  #refuse(problem: string): never {
    throw new ImportError([`${this.#archive}: ${problem}`]);
  }
}

/**
 * Unpacks the configuration files of an archive into memory, so nothing that its entries claim to be (links, paths)
 * reaches the file system.
 * @throws ImportError
 */
export const openZip = (bytes: Uint8Array, archive: string): SourceFiles => {
  const unpacking = new Unpacking(archive);
  const damaged = new ImportError([`${archive}: is damaged, encrypted, or not a zip archive`]);
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) throw damaged; // PK
  try {
    const unzip = new Unzip(unpacking.onFile);
    unzip.register(UnzipInflate);
    for (let start = 0; start < bytes.length; start += STEP) {
      unzip.push(bytes.subarray(start, start + STEP), start + STEP >= bytes.length);
    }
  } catch (error) {
    throw error instanceof ImportError ? error : damaged;
  }
  return {
    names: [...unpacking.files.keys()].sort(),
    read: (name) => unpacking.files.get(name) ?? new Uint8Array(),
  };
};
