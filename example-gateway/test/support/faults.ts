import { readConfiguration, type Configuration } from '../../src/configuration/configuration';
import { aConfiguration, aFile, refusalOf } from './gateway';

type Environment = Readonly<Record<string, string>>;

/** The messages about a file, without its name. */
export const faultsOf = async (text: string, environment: Environment = {}): Promise<readonly string[]> => {
  const file = aFile(text);
  const messages = await refusalOf(() => readConfiguration(file, environment));
  return messages.map((message) => {
    expect(message.startsWith(`${file}:`)).toBe(true);
    return message.slice(file.length + 1);
  });
};

/** The faults of a file. @throws if it has none */
export const read = (text: string, environment: Environment = {}): Configuration =>
  readConfiguration(aFile(text), environment);

/** The faults of a whole file in which only the keys given are special. */
export const faultsWith = async (
  keys: Readonly<Record<string, unknown>>,
  environment: Environment = {},
): Promise<readonly string[]> =>
  (await faultsOf(JSON.stringify(aConfiguration(keys), null, 2), environment)).map((message) =>
    message.replace(/^\d+:\d+: /, ''),
  );
