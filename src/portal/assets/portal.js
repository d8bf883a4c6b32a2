// The script of the portal, appended to page.js. Only Try it requires it. A classic script, not a module.
(() => {
  'use strict';

  const byId = (id) => document.getElementById(id);
  const TOKEN = 'scopegate token';
  const CLIENT = 'scopegate client';
  const RESOURCE = 'scopegate resource';

  // Generate token ----------------------------------------------------------------------------------------------------

  // The server renders the scopes of a choice. The old ones are disabled until then, so that they cannot be submitted.
  for (const chooser of document.querySelectorAll('form[data-choose]')) {
    chooser.querySelector('button').hidden = true;
    chooser.addEventListener('change', () => {
      byId('offer').disabled = true;
      chooser.requestSubmit();
    });
    // A page restored from the back/forward cache must show the choice that it was rendered for.
    window.addEventListener('pageshow', ({ persisted }) => {
      if (!persisted) return;
      chooser.reset();
      byId('offer').disabled = false;
    });
  }

  // The token of this tab ---------------------------------------------------------------------------------------------

  const result = document.querySelector('[data-token-result]');
  if (result !== null) {
    sessionStorage.setItem(TOKEN, byId('access-token').textContent);
    sessionStorage.setItem(CLIENT, result.dataset.tokenClient);
  }
  // The sign-in page is shown after signing out, which must remove the token.
  if (document.querySelector('form[action$="/sign-in"]') !== null) sessionStorage.clear();

  // Try it ------------------------------------------------------------------------------------------------------------

  const tryIt = byId('try-it');
  if (tryIt === null) return;
  const [resource, token, body, verdict, ticks] = ['resource', 'token', 'body', 'verdict', 'ticks'].map(byId);
  const { mount, formToken, apiBase } = tryIt.dataset;
  token.value = sessionStorage.getItem(TOKEN) ?? '';
  // Restored, so that a new token is tried on the resource that refused the old one.
  const last = [...resource.options].findIndex(({ value }) => value === sessionStorage.getItem(RESOURCE));
  if (last > 0) resource.selectedIndex = last;

  const chosen = () => resource.selectedOptions[0]?.dataset;

  /** Returns the token alone, even if a whole Authorization header was pasted. */
  const pasted = () => token.value.trim().replace(/^(?:authorization:\s*)?bearer\s+/i, '');

  const showParameters = () => {
    const { path = '', method = 'GET' } = chosen() ?? {};
    const names = path.split('/').filter((part) => part.startsWith(':'));
    byId('parameters').replaceChildren(
      ...names.map((name) => {
        const field = Object.assign(document.createElement('p'), { className: 'field' });
        const label = Object.assign(document.createElement('label'), {
          textContent: name.slice(1),
          htmlFor: `in${name}`,
        });
        const input = Object.assign(document.createElement('input'), {
          id: `in${name}`,
          value: '1',
          autocomplete: 'off',
        });
        input.addEventListener('input', () => refresh());
        field.append(label, input);
        return field;
      }),
    );
    byId('body-field').hidden = ['GET', 'HEAD', 'DELETE', 'OPTIONS'].includes(method);
  };

  /** Returns the path to request, with the values of the parameters. For the resource `/` it is the context itself. */
  const target = () =>
    (chosen()?.path ?? '')
      .split('/')
      .map((part) => (part.startsWith(':') ? encodeURIComponent(byId(`in${part}`).value) : part))
      .join('/');

  let held = [];

  const showVerdict = (text, kind = '') => {
    verdict.className = kind;
    verdict.textContent = text;
  };

  const showEndedSession = () => {
    const back = Object.assign(document.createElement('a'), {
      href: `${mount}/sign-in?return=${encodeURIComponent('/try-it')}`,
      textContent: 'Sign in again',
    });
    showVerdict('Your session has ended. ', 'wrong');
    verdict.append(back, ' to see what the token may do.');
  };

  const showCheck = ({ scopes, summary, held: granted, allowed }) => {
    held = granted;
    showVerdict(summary, allowed ? 'done' : 'wrong');
    ticks.replaceChildren(
      ...scopes.map(({ name, has }) =>
        Object.assign(document.createElement('li'), {
          className: has ? 'has' : 'lacks',
          textContent: `${has ? '✓' : '✗'} ${name}${has ? '' : ' (missing)'}`,
        }),
      ),
    );
  };

  let asked = 0;
  const check = async () => {
    const mine = (asked += 1);
    const option = chosen();
    // The previous result was for another token or another request.
    held = [];
    ticks.replaceChildren();
    showVerdict('');
    if (option === undefined || pasted() === '') return;
    const form = new URLSearchParams({
      form_token: formToken,
      token: pasted(),
      method: option.method,
      path: target(),
    });
    const answer = await fetch(`${mount}/try-it/check`, { method: 'POST', body: form, redirect: 'manual' });
    const isJson = answer.headers.get('content-type')?.startsWith('application/json') === true;
    const decision = isJson ? await answer.json() : {};
    if (mine !== asked) return;
    if (answer.type === 'opaqueredirect' || (answer.status === 403 && !isJson)) showEndedSession();
    else if (answer.ok) showCheck(decision);
    else showVerdict(decision.summary ?? 'The token could not be checked. Try again in a moment.', 'wrong');
  };

  // Awaited before a token is offered, because a response may arrive before the result of the check.
  let checked = Promise.resolve();
  const refresh = () => {
    checked = check().catch(() => showVerdict('The token could not be checked. Try again in a moment.', 'wrong'));
  };

  /** Links a 403 to Generate token, with the missing scopes in addition to those of this token. */
  const offerToken = (answer) => {
    const needed = /\bscope="([^"]*)"/.exec(answer.headers.get('www-authenticate') ?? '')?.[1];
    byId('missing').hidden = answer.status !== 403 || needed === undefined;
    if (byId('missing').hidden) return;
    const query = new URLSearchParams({ scopes: [...new Set([...held, ...needed.split(' ')])].join(' ') });
    const client = sessionStorage.getItem(CLIENT);
    if (client !== null) query.set('client', client);
    byId('get-token').href = `${mount}/generate-token?${query}`;
    byId('get-token').textContent = `Generate token with ${needed}`;
  };

  const show = (testId, text) => (document.querySelector(`[data-testid="${testId}"]`).textContent = text);

  const request = (option, address) => {
    const hasBody = !byId('body-field').hidden && body.value.trim() !== '';
    return fetch(address, {
      method: option.method,
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      headers: {
        ...(pasted() === '' ? {} : { Authorization: `Bearer ${pasted()}` }),
        ...(hasBody ? { 'Content-Type': 'application/json' } : {}),
      },
      ...(hasBody ? { body: body.value } : {}),
    });
  };

  let wasLimited = false;

  /** Repeats the check if the allowance of the request may have changed since: sending requests uses it up. */
  const checkAllowance = ({ status }) => {
    const isLimited = status === 429;
    if (isLimited || wasLimited) refresh();
    wasLimited = isLimited;
  };

  tryIt.addEventListener('submit', async (event) => {
    event.preventDefault();
    const option = chosen();
    if (option === undefined) return;
    const began = performance.now();
    const address = new URL(apiBase + target(), location.href);
    byId('missing').hidden = true;
    byId('response').hidden = false;
    try {
      const answer = await request(option, address);
      show('response-body', await answer.text());
      show('response-status', `${answer.status} ${answer.statusText}`);
      show('response-time', `${Math.round(performance.now() - began)} ms`);
      byId('response-headers').textContent = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
      await checked;
      offerToken(answer);
      checkAllowance(answer);
    } catch {
      const cors =
        address.origin === location.origin ? '' : `, or the API does not allow requests from ${location.origin} (CORS)`;
      show('response-status', `No response. The browser could not reach ${address.href}: the network failed${cors}.`);
      for (const part of ['response-body', 'response-time']) show(part, '');
      byId('response-headers').textContent = '';
    }
  });

  resource.addEventListener('change', () => {
    sessionStorage.setItem(RESOURCE, resource.value);
    showParameters();
    refresh();
  });
  token.addEventListener('input', () => refresh());
  showParameters();
  refresh();
})();
