import { PATIENT_DEADLINE_MS } from '../../../test/support/gate/gate';
import { randomPrefix, redisAddress } from '../../../test/support/redis/redis';
import { aConfiguration, aFile, aGateway, type GatewayOptions, type LogLine, type TestGateway } from './gateway';

type Keys = Readonly<Record<string, unknown>>;

export interface ReloadableGateway extends TestGateway {
  readonly file: string;
  readonly prefix: string;
  /** Writes the file again, with what is given in place of its keys. */
  write(keys: Keys): void;
  /** The last log line of a reload. */
  lastReload(): LogLine | undefined;
}

let files = 0;

/** A gateway on the Redis of this run, and its file. */
export const aReloadableGateway = async (
  first: Keys = {},
  options: Omit<GatewayOptions, 'keys' | 'upstream' | 'file'> = {},
): Promise<ReloadableGateway> => {
  const name = `reloaded-${(files += 1)}.yaml`;
  const always = { prefix: randomPrefix(), deadline: PATIENT_DEADLINE_MS };
  const write = (keys: Keys): string => aFile(JSON.stringify(aConfiguration({ ...always, ...keys }), null, 2), name);
  const file = write(first);
  const gateway = await aGateway({ redis: redisAddress(), ...options, file });
  return {
    ...gateway,
    ...always,
    file,
    write: (keys) => void write(keys),
    lastReload: () => gateway.lines.findLast(({ msg }) => /^(?:Reloaded|Not reloaded|Nothing to reload)/.test(msg)),
  };
};
