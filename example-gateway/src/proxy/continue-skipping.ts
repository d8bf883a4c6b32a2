const BEGINNING = Buffer.from('HTTP/1.1 100');
const END = '\r\n\r\n';

/** Bytes up to which an incomplete `100 Continue` is kept. Undici refuses a longer one. */
const MAX_HEAD = 4_096;

/** Removes `100 Continue` in front of a response, in whatever pieces it arrives. */
export class ContinueSkipping {
  /** The beginning of a head that is, or may become, `100 Continue`. */
  #kept: Buffer | undefined;

  /** Returns what follows; `null` if that has not arrived. */
  rest(arrived: Buffer): Buffer | null {
    let bytes = this.#kept === undefined ? arrived : Buffer.concat([this.#kept, arrived]);
    this.#kept = undefined;
    while (bytes.length > 0 && isContinue(bytes)) {
      const end = bytes.indexOf(END);
      if (end === -1) return this.#keep(bytes);
      bytes = bytes.subarray(end + END.length);
    }
    return bytes.length === 0 ? null : bytes;
  }

  #keep(bytes: Buffer): Buffer | null {
    if (bytes.length > MAX_HEAD) return bytes;
    this.#kept = bytes;
    return null;
  }
}

/** Checks whether bytes are `100 Continue`, or so few that they may be. */
const isContinue = (bytes: Buffer): boolean => {
  const length = Math.min(bytes.length, BEGINNING.length);
  return bytes.compare(BEGINNING, 0, length, 0, length) === 0;
};
