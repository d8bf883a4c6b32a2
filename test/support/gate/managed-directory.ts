import type { ApplicationInfo, GeneratedKeys } from 'scopegate';
import { JOHN, type Pair, type TestGate } from './gate';

const directoryError = (code: string): unknown => expect.objectContaining({ name: 'DirectoryError', code });

/** The errors of management calls. */
export const DECLARED = directoryError('ERR_SCOPEGATE_DECLARED');
export const EXISTS = directoryError('ERR_SCOPEGATE_EXISTS');
export const NOT_FOUND = directoryError('ERR_SCOPEGATE_NOT_FOUND');
export const BAD_VALUE = directoryError('ERR_SCOPEGATE_VALUE');

/** Consumer key and secret as the token endpoint takes them. */
export const pairOf = ({ clientId, clientSecret }: GeneratedKeys): Pair => [clientId, clientSecret];

export const SAM: Pair = ['sam@johnsorg', 'sam-password'];

/** Creates Sam. */
export const createSam = ({ gate }: Pick<TestGate, 'gate'>, roles: readonly string[] = ['clerk']) =>
  gate.directory.users.create({ username: 'sam', organization: 'johnsorg', password: SAM[1], roles });

/** Creates an application of johnsorg with a production key pair. */
export const createApplication = async ({
  gate,
}: Pick<TestGate, 'gate'>): Promise<{ readonly info: ApplicationInfo; readonly keys: GeneratedKeys }> => {
  const { applications } = gate.directory;
  const info = await applications.create({ name: 'Made app', owner: JOHN[0] });
  return { info, keys: await applications.generateKeys(info.id, { environment: 'production' }) };
};
