import express, { type RequestHandler } from 'express';
import { scopegate } from 'scopegate';
import { FORM_TYPE } from '../support/tokens/token-requests';
import { closeAtEnd, recordedLogger } from '../support/gate/gate';
import { exchangeRaw, serve } from '../support/http/raw-http';
import { ANA, portalOptions } from '../support/portal/served-portal';
import { hiddenFields } from '../support/portal/visitor';
import { touches, type Touch } from '../support/http/touches';
import { nextTurn } from '../support/time/waiting';
import { encodeForm } from '../support/tokens/forms';
import { deferred } from '../support/time/deferred';

const versions: readonly (readonly [name: string, version: typeof express])[] = [
  ['Express 5', express],
  ['Express 4', jest.requireActual<typeof express>('express4')],
];

/** Portal pages with forms: the page of the form, its action, and the fields that are filled in. */
const portalForms = {
  'the sign-in form': ['/sign-in', '/sign-in', ANA],
  'a form of a user': ['/subscriptions', '/applications', { name: 'Äpp' }],
} as const;

const BASIC = `Authorization: Basic ${Buffer.from('key:declared-secret').toString('base64')}`;

describe.each(versions)('a request on %s whose body', (_version, framework) => {
  let touch: RequestHandler | undefined;
  let isTouched = deferred();
  let port = 0;

  beforeAll(async () => {
    const app = framework();
    app.use((request, response, next) => {
      const act = touch;
      if (act === undefined) return next();
      touch = undefined;
      isTouched.resolve();
      return act(request, response, next);
    });
    const { logger } = recordedLogger();
    const gate = closeAtEnd(scopegate({ ...portalOptions(), issuer: 'http://127.0.0.1', logger }));
    app.use(gate.routes());
    app.use('/store', gate.portal());
    ({ port } = await serve(app));
  });

  /** Sends a form in two parts, the second when a middleware has touched the request, and gives the status. */
  const post = async (path: string, form: Readonly<Record<string, string>>, headers: readonly string[]) => {
    const body = Buffer.from(encodeForm(form));
    const cut = Math.floor(body.length / 2);
    const head = [`POST ${path} HTTP/1.1`, 'Host: 127.0.0.1', FORM_TYPE, `Content-Length: ${body.length}`, ...headers];
    isTouched = deferred();
    async function* parts() {
      yield Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body.subarray(0, cut)]);
      await isTouched.promise;
      await nextTurn();
      yield body.subarray(cut);
    }
    const { responses, closed } = await exchangeRaw(port, parts(), { deadlineMs: 4_000 });
    if (responses.length === 0 && !closed) throw new Error('there was no answer');
    return responses[0]?.status ?? 'closed';
  };

  /** The cookie of a visitor and the fields of a form, after the sign-in if the form requires one. */
  let forms = 0;
  const openForm = async (name: keyof typeof portalForms) => {
    const [page, action, sent] = portalForms[name];
    forms += 1;
    // Applications of one owner have different names.
    const fields = 'name' in sent ? { name: `${sent.name} ${forms}` } : sent;
    const get = async (path: string, cookie: string) => {
      const answer = await fetch(`http://127.0.0.1:${port}/store${path}`, { headers: { Cookie: cookie } });
      return { text: await answer.text(), cookie: answer.headers.getSetCookie()[0]?.split(';')[0] ?? cookie };
    };
    const visitor = await get('/sign-in', '');
    if (page === '/sign-in')
      return { action, cookie: visitor.cookie, form: { ...hiddenFields(visitor.text, action), ...fields } };
    const signIn = await fetch(`http://127.0.0.1:${port}/store/sign-in`, {
      method: 'POST',
      redirect: 'manual',
      headers: { Cookie: visitor.cookie, Origin: `http://127.0.0.1:${port}` },
      body: new URLSearchParams({ ...hiddenFields(visitor.text, '/sign-in'), ...ANA }),
    });
    const cookie = signIn.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const { text } = await get(page, cookie);
    return { action, cookie, form: { ...hiddenFields(text, action), ...fields } };
  };

  const endpoints: readonly (readonly [
    name: string,
    right: number,
    ask: (touched: Touch) => Promise<number | 'closed'>,
  ])[] = [
    ...(
      [
        ['/token', { grant_type: 'password', ...ANA, scope: 'read' }],
        ['/revoke', { token: 'sga_unknown' }],
        ['/introspect', { token: 'sga_unknown' }],
      ] as const
    ).map(
      ([path, form]) =>
        [
          path,
          200,
          (touched: Touch) => {
            touch = touched.handler;
            return post(path, form, [BASIC]);
          },
        ] as const,
    ),
    ...(['the sign-in form', 'a form of a user'] as const).map(
      (name) =>
        [
          name,
          303,
          async (touched: Touch) => {
            const { action, cookie, form } = await openForm(name);
            touch = touched.handler;
            return post(`/store${action}`, form, [`Cookie: ${cookie}`]);
          },
        ] as const,
    ),
  ];

  const exact = touches.filter(({ outcome }) => outcome === 'exact').map((touched) => [touched.how, touched] as const);
  const refused = touches
    .filter(({ outcome }) => outcome === 'refused')
    .map((touched) => [touched.how, touched] as const);

  it.each(exact)('%s is answered as if it was untouched', async (_how, touched) => {
    for (const [name, right, ask] of endpoints) expect([name, await ask(touched)]).toEqual([name, right]);
  });

  it.each(refused)('%s is refused with 4xx or by closing the connection', async (_how, touched) => {
    for (const [name, , ask] of endpoints) {
      const status = await ask(touched);
      expect([name, status === 'closed' || (status >= 400 && status < 500), status]).toEqual([name, true, status]);
    }
  });
});
