import type { AppliedLimit } from '../../guard/applied-limits';
import type { Explanation } from '../../guard/explanation';
import { StoreUnavailableError } from '../../protocol/errors';
import type { ScopegateOptions } from '../../options/options';
import { comparingGate } from '../../scopegate';
import { exactlyOneOf, required } from '../arguments';
import type { Command } from '../command';
import { checkConnection } from '../connections';
import { Problem } from '../failure';
import { operatorOptions } from '../operator-gate';
import { EXIT } from '../outcome';
import { printable } from '../printed-table';
import { readSecret } from '../secret-source';
import { findStore, type Store } from '../store';
import { STORE_FLAGS } from '../store-flags';

const describeLimit = ({ kind, name, requests, per, remaining, resetAfter = 0 }: AppliedLimit): string => {
  const allowance = `${kind} ${printable(name)}, ${requests} requests in ${per} s`;
  if (remaining === undefined) return `${allowance}: counted by address`;
  return `${allowance}: ${remaining} left${resetAfter === 0 ? '' : `, the window ends in ${resetAfter} s`}`;
};

/** A request, and the token that it carries. */
interface Asked {
  readonly token: string;
  readonly method: string;
  readonly path: string;
}

const explainOn = async (store: Store, { token, method, path }: Asked): Promise<Explanation> => {
  const given: Partial<ScopegateOptions> = store.options ?? {};
  const { metrics: _registry, clock: _clock, ...options } = given;
  const operator = operatorOptions(store);
  // The issuer is part of the audiences of tokens.
  const gate = comparingGate({ ...options, ...operator, issuer: options.issuer ?? operator.issuer });
  try {
    return await gate.explain(token, { method, path });
  } catch (error) {
    if (!(error instanceof StoreUnavailableError && error.reason === 'superseded')) throw error;
    throw new Problem('The running gates declare the user or the application differently from this file');
  } finally {
    await gate.close();
  }
};

export const explain: Command = {
  words: ['explain'],
  summary: 'Explains how the gateway would respond to a request with a token, and why. Changes nothing.',
  notes: [
    'The path is the whole path of the request, as clients send it. The exit code is 0 if the request would be allowed,',
    'and 1 if it would be refused. A token for one API needs the issuer of the gateway in the file, unless the gateway',
    'listens on the address in the file.',
  ],
  flags: {
    method: { value: 'METHOD', doc: 'HTTP method of the request' },
    path: { value: 'PATH', doc: 'path of the request, with the query if there is one' },
    'token-file': { value: 'FILE', doc: 'file with the access token; - is standard input' },
    ...STORE_FLAGS,
  },
  run: async (run) => {
    exactlyOneOf(run.values, ['config', 'options']);
    const [method, path] = [required(run.values, 'method'), required(run.values, 'path')];
    const token = await readSecret(required(run.values, 'token-file'), run);
    const store = await findStore(run);
    try {
      await checkConnection(store.client);
      const explanation = await explainOn(store, { token, method, path });
      return {
        json: explanation,
        text: [printable(explanation.summary), ...(explanation.limits ?? []).map(describeLimit)].join('\n'),
        exit: explanation.allowed ? EXIT.done : EXIT.problem,
      };
    } finally {
      store.close();
    }
  },
};
