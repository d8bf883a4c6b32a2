// What pages do with JavaScript and could do without, but for Try it. A script, not a module: pages load it with `defer`.
(() => {
  'use strict';

  const byId = (id) => document.getElementById(id);
  const TOKEN = 'scopegate token';
  const CLIENT = 'scopegate client';
  const RESOURCE = 'scopegate resource';

  // A double click must not leave a page that was shown once behind. One that the browser brings back works again.
  for (const form of document.forms) {
    form.addEventListener('submit', (event) => {
      if (form.id === 'try-it') return;
      if (form.dataset.sent !== undefined) event.preventDefault();
      form.dataset.sent = '';
    });
    window.addEventListener('pageshow', () => delete form.dataset.sent);
  }

  // Copy and save ------------------------------------------------------------------------------------------------------

  for (const button of document.querySelectorAll('[data-copy]')) {
    button.hidden = false;
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(byId(button.dataset.copy).textContent);
      button.textContent = 'Copied';
      setTimeout(() => (button.textContent = 'Copy'), 2000);
    });
  }

  for (const button of document.querySelectorAll('[data-download]')) {
    button.hidden = false;
    button.addEventListener('click', () => {
      const address = URL.createObjectURL(
        new Blob([byId(button.dataset.download).textContent], { type: 'text/plain' }),
      );
      const anchor = Object.assign(document.createElement('a'), { href: address, download: button.dataset.name });
      anchor.click();
      setTimeout(() => URL.revokeObjectURL(address), 1000);
    });
  }

  for (const time of document.querySelectorAll('time')) {
    time.title = time.textContent;
    time.textContent = new Date(time.dateTime).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
  }

  // The token of this tab ----------------------------------------------------------------------------------------------

  const result = document.querySelector('[data-token-result]');
  if (result !== null) {
    sessionStorage.setItem(TOKEN, byId('access-token').textContent);
    sessionStorage.setItem(CLIENT, result.dataset.tokenClient);
  }
  // Whoever has signed out takes the token along.
  if (document.querySelector('form[action$="/sign-in"]') !== null) sessionStorage.clear();

  // Try it -------------------------------------------------------------------------------------------------------------

  const tryIt = byId('try-it');
  if (tryIt === null) return;
  const [resource, token, body] = ['resource', 'token', 'body'].map(byId);
  const { mount, formToken } = tryIt.dataset;
  token.value = sessionStorage.getItem(TOKEN) ?? '';
  // Whoever comes back with another token comes back to what was refused.
  const last = [...resource.options].findIndex(({ value }) => value === sessionStorage.getItem(RESOURCE));
  if (last > 0) resource.selectedIndex = last;

  const chosen = () => resource.selectedOptions[0]?.dataset;

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

  /** The path to send to: `/` where a resource is the context itself, as it is declared. */
  const target = () =>
    (chosen()?.path ?? '')
      .split('/')
      .map((part) => (part.startsWith(':') ? encodeURIComponent(byId(`in${part}`).value) : part))
      .join('/');

  let asked = 0;
  let held = [];
  const showTicks = async () => {
    const mine = (asked += 1);
    const option = chosen();
    held = [];
    if (option === undefined || token.value.trim() === '') {
      byId('ticks').replaceChildren();
      byId('verdict').textContent = '';
      return;
    }
    const form = new URLSearchParams({
      form_token: formToken,
      token: token.value.trim(),
      method: option.method,
      path: target(),
    });
    const answer = await fetch(`${mount}/try-it/check`, { method: 'POST', body: form });
    if (mine !== asked || !answer.ok || answer.redirected) return;
    const { scopes, summary, held: granted } = await answer.json();
    held = granted;
    byId('verdict').textContent = summary;
    byId('ticks').replaceChildren(
      ...scopes.map(({ name, has }) =>
        Object.assign(document.createElement('li'), {
          className: has ? 'has' : 'lacks',
          textContent: `${has ? '✓' : '✗'} ${name}${has ? '' : ' (missing)'}`,
        }),
      ),
    );
  };

  // Whoever sends at once may have the answer before the ticks.
  let told = Promise.resolve();
  const refresh = () => {
    told = showTicks().catch(() => undefined);
  };

  /** On a 403 leads to a token with what was missing, beside what this one has. */
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

  const request = (option) => {
    const hasBody = !byId('body-field').hidden && body.value.trim() !== '';
    return fetch(option.origin + target(), {
      method: option.method,
      credentials: 'omit',
      headers: {
        ...(token.value.trim() === '' ? {} : { Authorization: `Bearer ${token.value.trim()}` }),
        ...(hasBody ? { 'Content-Type': 'application/json' } : {}),
      },
      ...(hasBody ? { body: body.value } : {}),
    });
  };

  tryIt.addEventListener('submit', async (event) => {
    event.preventDefault();
    const option = chosen();
    if (option === undefined) return;
    const began = performance.now();
    byId('missing').hidden = true;
    byId('response').hidden = false;
    try {
      const answer = await request(option);
      show('response-body', await answer.text());
      show('response-status', `${answer.status} ${answer.statusText}`);
      show('response-time', `${Math.round(performance.now() - began)} ms`);
      byId('response-headers').textContent = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
      await told;
      offerToken(answer);
    } catch {
      show('response-status', 'No answer: the address cannot be reached from this page.');
      show('response-body', '');
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
