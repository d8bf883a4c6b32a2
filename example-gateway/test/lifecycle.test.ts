import { valuesOf, type RawResponse } from '../../test/support/http/raw-http';
import { aGateway, anApi } from './support/gateway';
import { anUpstream, rawUpstream } from './support/upstream';

const resources = [{ path: '/', methods: ['GET'], public: true }];
const lifecycle = { status: 'deprecated', deprecation: '2027-01-01', sunset: '2027-06-30' };

const datesOf = (answer: RawResponse) => [valuesOf(answer, 'deprecation'), valuesOf(answer, 'sunset')];

const OWN_DATES = [['@1798761600'], ['Wed, 30 Jun 2027 00:00:00 GMT']];

/** An upstream that announces dates of its own. */
const announcing = () =>
  anUpstream((_request, response) => {
    response.setHeader('Deprecation', '@1');
    response.setHeader('Sunset', 'Thu, 01 Jan 1970 00:00:01 GMT');
    response.end('done');
  });

describe('the gateway in front of a deprecated API', () => {
  it('announces its dates in place of those of the upstream', async () => {
    const { url } = await announcing();
    const gateway = await aGateway({ keys: { apis: { orders: anApi(url, { resources, lifecycle }) } } });
    const answer = await gateway.send(['GET /orders HTTP/1.1']);
    expect(answer).toMatchObject({ status: 200, body: 'done' });
    expect(datesOf(answer)).toEqual(OWN_DATES);
  });

  it('announces them in its answer to a failure of the upstream as well', async () => {
    const { url } = await rawUpstream((socket) => socket.destroy());
    const gateway = await aGateway({ keys: { apis: { orders: anApi(url, { resources, lifecycle }) } } });
    const answer = await gateway.send(['GET /orders HTTP/1.1']);
    expect(answer.status).toBe(502);
    expect(datesOf(answer)).toEqual(OWN_DATES);
  });

  it('leaves the dates of the upstream of another API alone', async () => {
    const { url } = await announcing();
    const gateway = await aGateway({ keys: { apis: { orders: anApi(url, { resources }) } } });
    expect(datesOf(await gateway.send(['GET /orders HTTP/1.1']))[0]).toEqual(['@1']);
  });
});

describe('the gateway in front of a retired API', () => {
  it('answers 410 and sends nothing to the upstream', async () => {
    let received = 0;
    const { url } = await anUpstream((_request, response) => {
      received += 1;
      response.end();
    });
    const gateway = await aGateway({ keys: { apis: { orders: anApi(url, { resources, lifecycle: 'retired' }) } } });
    expect((await gateway.send(['GET /orders HTTP/1.1'])).status).toBe(410);
    expect(received).toBe(0);
  });
});
