import type { Api } from '../../access/api';
import { firstOperation } from '../try-it/operation';
import { encodeQuery } from './code-request';
import type { ApiRequest } from './request';

/** Returns a request to the operation that is tried first, with examples of its parameters; `undefined` if there is none. */
export const apiRequest = (api: Api, origin: string): ApiRequest | undefined => {
  const first = firstOperation(api);
  if (first === undefined) return undefined;
  const { method, path, pathExamples } = first.operation;
  const filled = path
    .replaceAll(/(?<=\/):([A-Za-z_]\w*)/g, (_all, name: string) => encodeQuery(pathExamples[name] ?? '1'))
    .replace(/\*$/, '');
  return { method, url: origin + filled };
};
