import type { Logger } from '../events/logger';
import type { Gate } from '../gate';
import type { ScopegateOptions } from '../options/options';
import type { Milliseconds } from '../protocol/time';
import { scopegate } from '../scopegate';
import type { Run } from './command';
import { checkConnection } from './connections';
import { findStore, type Store } from './store';

/** Longer than that of a gate: no request waits. */
const DEADLINE: Milliseconds = 5_000;

/** Failures are reported by the command. */
const silent: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Options of a gate that serves no request. It declares no record, so nothing is registered, and nothing ends. */
export const operatorOptions = ({ client, prefix, options }: Store): ScopegateOptions => ({
  issuer: 'http://127.0.0.1',
  redis: client,
  redisMayEvict: true,
  cache: false,
  deadline: DEADLINE,
  logger: silent,
  ...(prefix === undefined ? {} : { prefix }),
  ...(options?.passwords === undefined ? {} : { passwords: options.passwords }),
});

/** A gate for one command, and the options of the gateway's file, if one was given. */
export interface OperatorGate {
  readonly gate: Gate;
  /** A gate whose users come from a function: the names of users are taken literally. */
  readonly literal: Gate;
  readonly declared: Pick<ScopegateOptions, 'users' | 'applications' | 'organizations'>;
}

/** Calls a function with a gate on the store that the options name, and closes it afterwards. */
export const withGate = async <T>(run: Run, use: (opened: OperatorGate) => Promise<T>): Promise<T> => {
  const store = await findStore(run);
  const options = operatorOptions(store);
  const gates: Gate[] = [];
  try {
    await checkConnection(store.client);
    const gate = scopegate(options);
    gates.push(gate);
    let literal: Gate | undefined;
    return await use({
      gate,
      get literal() {
        if (literal === undefined) {
          literal = scopegate({ ...options, users: async () => null });
          gates.push(literal);
        }
        return literal;
      },
      declared: store.options ?? {},
    });
  } finally {
    await Promise.all(gates.map((gate) => gate.close()));
    store.client.disconnect();
  }
};
