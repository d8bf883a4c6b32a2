// Gets a token for the selected resource, without leaving the page.

/** @param onToken is called with a new token and the client that it was issued to */
const createTokenRequest = (settings, texts, { operation, onToken }) => {
  const [button, state] = ['get-token', 'token-state'].map(byId);
  if (button === null) return { isPossible: false, start: () => undefined };

  const show = (text, kind) => {
    state.className = kind;
    state.textContent = text;
  };

  const showRefusal = ({ summary = texts.noToken, next }) => {
    show(summary, 'wrong');
    if (next !== undefined) state.append(' ', element('a', { href: next.href, textContent: next.text }));
  };

  const request = async () => {
    const { method, path } = operation();
    const fields = { api: settings.api, method, path, client: byId('try-client').value, for: byId('try-for').value };
    const { hasEnded, isDone, value } = await sendForm(settings, '/try-it/token', fields);
    if (hasEnded) return showEndedSession(state, settings, texts);
    if (!isDone) return showRefusal(value);
    show(value.sentence, 'done');
    return onToken(value.token, value.client);
  };

  let isPending = false;
  const start = async () => {
    if (isPending || operation() === undefined) return;
    isPending = true;
    button.setAttribute('aria-disabled', 'true');
    show(texts.gettingToken, '');
    try {
      await request();
    } catch {
      show(texts.noToken, 'wrong');
    }
    button.removeAttribute('aria-disabled');
    isPending = false;
  };

  button.addEventListener('click', start);
  return { isPossible: true, start };
};
