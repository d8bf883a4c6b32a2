import { printPath } from './fault';
import { isMap, type Fields } from './fields';
import type { OtherContents } from './differences';
import type { Listen } from './listen';
import type { RedisAddress } from './redis';

interface Read {
  readonly listen: Listen;
  readonly redis: RedisAddress | undefined;
  readonly options: Fields;
}

/** Returns the contents of the files that the gateway's file names, by key. Secrets are in the file's own value. */
export const otherContents = ({ listen, redis, options }: Read): ReadonlyMap<string, OtherContents> => {
  const contents = new Map<string, OtherContents>();
  const apis = isMap(options['apis']) ? options['apis'] : {};
  for (const [name, api] of Object.entries(apis)) {
    const document = isMap(api) ? api['openapi'] : undefined;
    const key = printPath(['apis', name, 'openapi']);
    if (document !== undefined) contents.set(key, { contents: document, change: 'OpenAPI document changed' });
  }
  if (listen.tls !== undefined) {
    const { cert, key, expires } = listen.tls;
    contents.set('listen.tls', { contents: [cert, key], change: `certificate changed: expires ${expires}` });
  }
  if (typeof redis === 'object' && redis.tls !== undefined) {
    contents.set('redis.tls', { contents: redis.tls, change: 'certificates changed' });
  }
  return contents;
};
