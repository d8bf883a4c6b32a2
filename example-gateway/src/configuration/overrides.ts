import type { Configuration } from './configuration';

/** Settings of the command line and the environment that override those of the file. */
export interface Overrides {
  readonly port?: number | undefined;
  readonly redis?: string | undefined;
}

export const withOverrides = (configuration: Configuration, { port, redis }: Overrides): Configuration => {
  const { listen } = configuration;
  return { ...configuration, listen: { ...listen, port: port ?? listen.port }, redis: redis ?? configuration.redis };
};
