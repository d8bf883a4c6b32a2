import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as after } from 'node:timers/promises';
import type { ScopegateOptions } from '../options/options';
import { checkOptions } from '../options/settings';
import { ConfigurationError } from '../protocol/errors';
import type { Milliseconds } from '../protocol/time';
import { OptionsFault } from './failure';

/** A module that takes longer does more than export options. */
const LOAD_DEADLINE_MS: Milliseconds = 10_000;

const RULE = 'it must export the options of scopegate(), as default, as options, or by module.exports';

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Finds the options among the exports of a module. Compiled modules have their default export below another one. */
const optionsIn = (exported: unknown): Fields | undefined => {
  if (!isFields(exported)) return undefined;
  const { default: byDefault, options } = exported;
  if (isFields(options)) return options;
  return isFields(byDefault) ? (optionsIn(byDefault) ?? byDefault) : undefined;
};

/** Describes why a module cannot be loaded. Only messages of Node itself are printed: others could hold a secret. */
const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return typeof error;
  const code = 'code' in error ? String(error.code) : undefined;
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION') return 'use JavaScript (.js, .cjs or .mjs) or .json';
  const [line = ''] = error.message.split('\n');
  if (code !== undefined && /^(?:ERR_)?MODULE_NOT_FOUND$/.test(code)) return line;
  return `${code ?? error.name}. Run the file with node to see the error`;
};

const loadModule = async (path: string): Promise<unknown> => {
  const late = Symbol('late');
  const loading: Promise<unknown> = import(pathToFileURL(path).href);
  const loaded = await Promise.race([loading, after(LOAD_DEADLINE_MS, late, { ref: false })]).catch(
    (error: unknown) => {
      throw new OptionsFault(`The file of --options cannot be loaded: ${reasonOf(error)}`);
    },
  );
  if (loaded === late)
    throw new OptionsFault(`The file of --options did not load within 10 s: ${RULE}, and do nothing else`);
  return loaded;
};

const loadJson = async (path: string): Promise<unknown> => {
  try {
    return { default: JSON.parse(await readFile(path, 'utf8')) as unknown };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'it is not valid JSON';
    throw new OptionsFault(`The file of --options cannot be read: ${code}`);
  }
};

const check = (options: Fields): ScopegateOptions => {
  try {
    const checked = options as unknown as ScopegateOptions;
    checkOptions(checked);
    return checked;
  } catch (error) {
    if (error instanceof ConfigurationError) throw new OptionsFault(error.message);
    throw error;
  }
};

/**
 * Reads the options of `scopegate()` from a module or a JSON file, and checks them. A client of Redis in them is the
 * caller's to close.
 * @throws OptionsFault
 */
export const readOptionsFile = async (name: string): Promise<ScopegateOptions> => {
  const path = resolve(name);
  const options = optionsIn(await (extname(path) === '.json' ? loadJson(path) : loadModule(path)));
  if (options === undefined) throw new OptionsFault(`The file of --options exports no options: ${RULE}`);
  const checked = check(options);
  checked.redis?.on('error', () => undefined); // the connections of the command report its errors
  return checked;
};
