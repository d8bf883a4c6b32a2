import type { Logger } from '../events/logger';
import type { PlansOfApis } from '../directory/subscriptions';
import type { Gate } from '../gate';
import type { ScopegateOptions } from '../options/options';
import type { Milliseconds } from '../protocol/time';
import { auditedGate, scopegate } from '../scopegate';
import type { PasswordUses } from '../tokens/password-uses';
import { OperatorAudit, type Action } from './audit';
import type { Run } from './command';
import { checkConnection } from './connections';
import { findStore, type Store } from './store';

/** Longer than that of a gate: no request waits. */
const DEADLINE: Milliseconds = 5_000;

/** Failures are reported by the command. */
const silent: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** The options of the gates that management calls depend on, if a file with them was given. */
const givenOptions = ({
  passwords,
  limits,
  scopes,
  plans,
  apis,
}: Partial<ScopegateOptions>): Partial<ScopegateOptions> => ({
  ...(passwords === undefined ? {} : { passwords }),
  ...(limits === undefined ? {} : { limits }),
  ...(scopes === undefined ? {} : { scopes }),
  ...(plans === undefined ? {} : { plans }),
  ...(apis === undefined ? {} : { apis }),
});

/** Options of a gate that serves no request. It declares no record, so nothing is registered, and nothing ends. */
export const operatorOptions = ({ client, prefix, options }: Store): ScopegateOptions => ({
  issuer: 'http://127.0.0.1',
  redis: client,
  redisMayEvict: true,
  cache: false,
  deadline: DEADLINE,
  logger: silent,
  ...(prefix === undefined ? {} : { prefix }),
  ...givenOptions(options ?? {}),
});

/** A gate for one command, and the options of the gateway's file, if one was given. */
export interface OperatorGate {
  readonly gate: Gate;
  readonly passwordUses: Pick<PasswordUses, 'findFreshUsage'>;
  /** A gate whose users come from a function: the names of users are taken literally. */
  readonly literal: Gate;
  readonly declared: Pick<ScopegateOptions, 'applications'>;
  /** The declared APIs and the names of their plans; `undefined` if no file with the options was given. */
  readonly apis: PlansOfApis | undefined;
  /** Adds an action to the audit, after it was done. */
  readonly note: (action: Action) => void;
}

const plansIn = ({ apis = {} }: Partial<ScopegateOptions>): PlansOfApis =>
  new Map(Object.entries(apis).map(([name, { plans = [] }]) => [name, plans] as const));

/** A gate whose users come from a function that accepts none. Scopes could require more of such a function. */
const openLiteral = ({ scopes: _scopes, apis: _apis, ...options }: ScopegateOptions): Gate =>
  scopegate({ ...options, users: async () => null });

/** Calls a function with a gate on the store that the options name, and closes it afterwards. */
export const withGate = async <T>(run: Run, use: (opened: OperatorGate) => Promise<T>): Promise<T> => {
  const store = await findStore(run);
  const options = operatorOptions(store);
  const gates: Gate[] = [];
  let audit: OperatorAudit | undefined;
  try {
    await checkConnection(store.client);
    const { gate, auditLog, passwordUses } = auditedGate(options);
    gates.push(gate);
    audit = new OperatorAudit(auditLog, run.warn);
    const { note } = audit;
    let literal: Gate | undefined;
    return await use({
      gate,
      passwordUses,
      get literal() {
        if (literal === undefined) {
          literal = openLiteral(options);
          gates.push(literal);
        }
        return literal;
      },
      declared: store.options ?? {},
      apis: store.options && plansIn(store.options),
      note,
    });
  } finally {
    await audit?.close();
    await Promise.all(gates.map((gate) => gate.close()));
    store.close();
  }
};
