import { expectCleanAnswer } from '../../test/support/expect/clean-answer';
import { ownRedis } from '../../test/support/redis/redis';
import { valuesOf } from '../../test/support/http/raw-http';
import { aGateway } from './support/gateway';
import { echoUpstream } from './support/upstream';

describe.each([
  ['the embedded stores', async (): Promise<string | undefined> => undefined],
  ['Redis', async (): Promise<string | undefined> => (await ownRedis()).url],
])('a resource tagged update, over %s,', (_name, redisUrl) => {
  it('accepts a token for read update, and refuses one for read before it contacts the upstream', async () => {
    const upstream = await echoUpstream();
    const redis = await redisUrl();
    const gateway = await aGateway({ upstream: upstream.url, ...(redis === undefined ? {} : { redis }) });
    const read = await gateway.token('read');
    const update = await gateway.token('read update');

    expect((await gateway.send(['GET /orders HTTP/1.1'], { token: read })).status).toBe(200);
    const reached = upstream.seen.length;
    const refused = await gateway.send(['PUT /orders/1 HTTP/1.1'], { token: read, body: '{}' });
    expectCleanAnswer(refused, { status: 403, from: 'guard', error: 'insufficient_scope' });
    expect(valuesOf(refused, 'www-authenticate').join()).toContain('scope="update"');
    expect(upstream.seen).toHaveLength(reached);

    expect((await gateway.send(['PUT /orders/1 HTTP/1.1'], { token: update, body: '{}' })).status).toBe(200);
    expect(upstream.seen).toHaveLength(reached + 1);
  });
});
