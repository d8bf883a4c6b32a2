import type { RedisLike } from '../../stores/redis/redis-like';
import { reasonOf } from '../../stores/redis/reasons';
import type { Milliseconds } from '../../protocol/time';
import type { Finding } from './finding';

const MAX_DIFFERENCE_MS: Milliseconds = 2_000;
const PINGS = 5;

/** Reads the clock of Redis; `undefined` if TIME is not permitted. */
const readTime = async (redis: RedisLike): Promise<Milliseconds | undefined> => {
  try {
    const reply = await redis.call('time');
    const [seconds, micros] = (Array.isArray(reply) ? reply : []).map(Number);
    return seconds === undefined || micros === undefined ? undefined : seconds * 1_000 + micros / 1_000;
  } catch (error) {
    if (reasonOf(error).source === 'connection') throw error;
    return undefined;
  }
};

/** Compares the clock of this machine with that of Redis. @param now returns epoch milliseconds */
export const findOnClock = async (redis: RedisLike, now: () => Milliseconds): Promise<readonly Finding[]> => {
  const before = now();
  const time = await readTime(redis);
  const after = now();
  if (time === undefined) return []; // the missing permission is reported
  // The reply was made at some instant between both readings.
  const difference = time < before ? time - before : Math.max(0, time - after);
  const seconds = (Math.abs(difference) / 1_000).toFixed(1);
  if (Math.abs(difference) <= MAX_DIFFERENCE_MS) {
    return [{ check: 'clock', level: 'ok', message: `The clocks of this machine and of Redis differ by ${seconds} s` }];
  }
  const direction = difference < 0 ? 'ahead of' : 'behind';
  return [
    {
      check: 'clock',
      level: 'problem',
      message: `The clock of this machine is ${seconds} s ${direction} that of Redis: tokens expire at different times`,
      cure: 'Synchronize the clocks of all machines, for example with chrony',
    },
  ];
};

/** Compares the round trip to Redis with the deadline of a gate. */
export const findOnLatency = async (redis: RedisLike, deadline: Milliseconds): Promise<readonly Finding[]> => {
  const trips: number[] = [];
  for (let ping = 0; ping < PINGS; ping += 1) {
    const began = performance.now();
    await redis.call('ping').catch((error: unknown) => {
      if (reasonOf(error).source === 'connection') throw error;
    });
    trips.push(performance.now() - began);
  }
  const fastest = Math.min(...trips);
  const message = `A round trip to Redis takes ${fastest.toFixed(1)} ms, and the deadline of a gate is ${deadline} ms`;
  if (fastest * 2 <= deadline) return [{ check: 'latency', level: 'ok', message }];
  const cure = 'Move the gates nearer to Redis, or raise the option deadline';
  return [{ check: 'latency', level: 'problem', message, cure }];
};
