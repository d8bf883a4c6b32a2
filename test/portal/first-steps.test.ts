import { ANA, BEN, servePortal, tokenOfAna } from '../support/portal/served-portal';
import { signedIn } from '../support/portal/visitor';

/** The marks of the steps on the catalogue. */
const marksIn = (text: string): readonly (string | undefined)[] =>
  [...text.matchAll(/<span class="mark" aria-hidden="true">([^<]*)</g)].map(([, mark]) => mark);

it('shows the steps to the first request, ticks those that are done, and is gone after the last one', async () => {
  const portal = await servePortal();
  const ben = await signedIn(portal, BEN);
  const marks = async () => marksIn((await ben.get('/apis')).text);
  expect(await marks()).toEqual(['1', '2', '3']);

  const { text } = await ben.submit('/apis', '/apis/orders/subscribe');
  expect(await marks()).toEqual(['✓', '2', '3']);
  expect((await ben.get('/apis')).text).toContain('<a href="/store/try-it">Get a token</a>');

  const [, clientId = ''] = /data-testid="consumer-key"[^>]*>([^<]*)</.exec(text) ?? [];
  const { accessToken } = await portal.gate.tokens.issue({ clientId, subject: BEN.username, scopes: ['read'] });
  expect(await marks()).toEqual(['✓', '✓', '3']);
  expect((await ben.get('/apis')).text).toContain('<a href="/store/try-it">Call the API</a>');

  await fetch(`${portal.url}/orders`, { headers: { Authorization: `Bearer ${accessToken}` } });
  expect(await marks()).toEqual([]);
});

it('does not count what the applications of other users have done', async () => {
  const portal = await servePortal();
  const token = await tokenOfAna(portal);
  await fetch(`${portal.url}/orders`, { headers: { Authorization: `Bearer ${token}` } });
  expect(marksIn((await (await signedIn(portal, ANA)).get('/apis')).text)).toEqual([]);
  expect(marksIn((await (await signedIn(portal, BEN)).get('/apis')).text)).toEqual(['1', '2', '3']);
});
