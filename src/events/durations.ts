import { Histogram } from './histogram';

/** The histograms of a gate. Each is `undefined` if it is not registered, so that no clock is read for it. */
export type Durations = Readonly<Record<'redis' | 'passwordWait', Histogram | undefined>>;

/** The histograms of a gate without a registry. */
export const noDurations: Durations = { redis: undefined, passwordWait: undefined };

// From a Redis on the same machine to replies that come long after the default deadline of 250 ms.
const REDIS_BOUNDS = [0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

// From a free core to the longest `queueDeadline`.
const PASSWORD_WAIT_BOUNDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Creates the histograms of a gate. `hasRedis` is false if it keeps everything in the memory of the process. */
export const createDurations = ({ hasRedis }: { readonly hasRedis: boolean }): Durations => ({
  redis: hasRedis
    ? new Histogram({
        name: 'scopegate_redis_duration_seconds',
        help: 'Time from a command to the reply of Redis, late replies included',
        bounds: REDIS_BOUNDS,
      })
    : undefined,
  passwordWait: new Histogram({
    name: 'scopegate_password_queue_wait_seconds',
    help: 'Time that password work waited for its turn',
    bounds: PASSWORD_WAIT_BOUNDS,
  }),
});
