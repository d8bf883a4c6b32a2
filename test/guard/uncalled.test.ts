import express from 'express';
import request from 'supertest';
import { aGate } from '../support/gate/gate';

const { gate } = aGate({ apis: { orders: { resources: [{ path: '/', methods: ['GET'], public: true }] } } });
const ofApi = gate.api('orders');

/** Values that plain JavaScript may mount. */
type Handler = express.RequestHandler;
const asHandler = (mounted: unknown): Handler => mounted as Handler;

const FACTORIES: readonly (readonly [mounted: Handler, message: string])[] = [
  [asHandler(gate.routes), 'gate.routes is a function: write app.use(gate.routes())'],
  [asHandler(gate.wellKnown), 'gate.wellKnown is a function: write app.use(gate.wellKnown())'],
  [asHandler(gate.canonicalPaths), 'gate.canonicalPaths is a function: write app.use(gate.canonicalPaths())'],
  [asHandler(gate.cors), 'gate.cors is a function: write app.use(gate.cors())'],
  [asHandler(gate.portal), "gate.portal is a function: write app.use('/store', gate.portal())"],
  [asHandler(gate.api), "gate.api is a function: write app.use('/orders', gate.api('orders'))"],
  [asHandler(gate.fromOpenApi), "gate.fromOpenApi is a function: write app.use('/orders', gate.fromOpenApi(document))"],
  [
    asHandler(gate.requireScope),
    "gate.requireScope is a function: write app.get('/orders', gate.requireScope('read'), …)",
  ],
  [asHandler(gate.requireToken), "gate.requireToken is a function: write app.get('/orders', gate.requireToken(), …)"],
  [
    asHandler(ofApi.requireScope),
    "gate.api('orders').requireScope is a function: write app.get('/orders', gate.api('orders').requireScope('read'), …)",
  ],
  [
    asHandler(ofApi.requireToken),
    "gate.api('orders').requireToken is a function: write app.get('/orders', gate.api('orders').requireToken(), …)",
  ],
  [asHandler(gate.auth), 'gate.auth is not a middleware: call gate.auth(…) in a handler of your own'],
  [asHandler(gate.findAuth), 'gate.findAuth is not a middleware: call gate.findAuth(…) in a handler of your own'],
  [asHandler(gate.drift), 'gate.drift is not a middleware: call gate.drift(…) in a handler of your own'],
  [asHandler(gate.ready), 'gate.ready is not a middleware: call gate.ready(…) in a handler of your own'],
  [asHandler(gate.close), 'gate.close is not a middleware: call gate.close(…) in a handler of your own'],
];

describe.each([
  ['Express 5', express],
  ['Express 4', jest.requireActual<typeof express>('express4')],
])('a middleware factory that was not called, on %s,', (_name, create) => {
  test.each(FACTORIES.map(([mounted, message]) => [message, mounted] as const))(
    'makes a request fail with 500 and an error that says: %s',
    async (message, mounted) => {
      const app = create();
      const errors: unknown[] = [];
      const onError: express.ErrorRequestHandler = (error, _request, response, _next) => {
        errors.push(error);
        response.status(500).end();
      };
      app.use(mounted, (_request, response) => void response.end('passed'));
      app.use(onError);
      expect((await request(app).get('/orders')).status).toBe(500);
      const whole = `${message}\nSee docs/errors.md#err_scopegate_option`;
      expect(errors).toEqual([expect.objectContaining({ name: 'ConfigurationError', message: whole })]);
    },
  );
});

test('the result of a factory is an ordinary middleware', async () => {
  const app = express();
  app.use(gate.routes(), gate.canonicalPaths(), gate.wellKnown());
  app.use('/orders', gate.api('orders'), (_request, response) => void response.end('passed'));
  expect((await request(app).get('/orders')).text).toBe('passed');
});
