import { StringDecoder } from 'node:string_decoder';
import type { Readable } from 'node:stream';
import { Interrupted, WrongUse } from './failure';

/** Standard input, if it is a terminal. */
interface Terminal extends Readable {
  readonly isTTY: true;
  setRawMode(isRaw: boolean): unknown;
}

export const isTerminal = (input: Readable): input is Terminal =>
  'isTTY' in input && input.isTTY === true && 'setRawMode' in input;

const MAX_CHARACTERS = 4_096;

const [INTERRUPT, END, LINE_DELETE] = ['\u0003', '\u0004', '\u0015'];
const BACKSPACES = ['\u007F', '\b'];

// Cursor and function keys, and the marks around pasted text.
const ESCAPE_SEQUENCE = /\u001B(?:\[[0-9;?]*[ -/]*[@-~]|O[@-~])/gu;

/** A line that is being typed. */
class TypedLine {
  #characters: string[] = [];

  get text(): string {
    return this.#characters.join('');
  }

  /** @returns true if the character ends the line. @throws Interrupted; WrongUse */
  add(character: string): boolean {
    if (character === INTERRUPT) throw new Interrupted();
    if (character === '\r' || character === '\n' || character === END) return true;
    if (character === LINE_DELETE) this.#characters = [];
    else if (BACKSPACES.includes(character)) this.#characters.pop();
    else if (!/\p{Cc}/u.test(character)) this.#characters.push(character);
    if (this.#characters.length > MAX_CHARACTERS)
      throw new WrongUse(`More than ${MAX_CHARACTERS} characters were typed`);
    return false;
  }
}

/** Reads one line in raw mode. Characters after its end are put back into the input. */
const readLine = (input: Terminal): Promise<string> =>
  new Promise((resolve, reject) => {
    const line = new TypedLine();
    const decoder = new StringDecoder('utf8');
    const stop = (act: () => void): void => {
      input.off('data', onData).off('end', onEnd);
      input.pause();
      act();
    };
    const onEnd = (): void => stop(() => reject(new Interrupted()));
    const onData = (chunk: Buffer): void => {
      const typed = [...decoder.write(chunk).replaceAll(ESCAPE_SEQUENCE, '')];
      try {
        const end = typed.findIndex((character) => line.add(character));
        if (end === -1) return;
        const rest = typed.slice(end + 1).join('');
        stop(() => resolve(line.text));
        if (rest !== '') input.unshift(Buffer.from(rest));
      } catch (error) {
        stop(() => reject(error));
      }
    };
    input.on('data', onData).on('end', onEnd);
    input.resume();
  });

/**
 * Prompts for a secret at a terminal, without an echo. The terminal is restored in every case.
 * @param prompt prints the question
 * @throws Interrupted after Ctrl-C; WrongUse if too much is typed
 */
export const askSecret = async (input: Terminal, question: string, prompt: (text: string) => void): Promise<string> => {
  input.setRawMode(true); // before the prompt, so that nothing typed after it is echoed
  try {
    prompt(`${question}: `);
    return await readLine(input);
  } finally {
    input.setRawMode(false);
    prompt('\n');
  }
};
