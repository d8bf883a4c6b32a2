// What the guard would decide about a request, before it is sent.

const createVerdict = (settings, texts) => {
  const [verdict, ticks] = ['verdict', 'ticks'].map(byId);
  let [held, asked, checked] = [[], 0, Promise.resolve()];

  const show = (text, kind = '') => {
    verdict.className = kind;
    verdict.textContent = text;
  };

  const showDecision = ({ scopes, summary, held: granted, allowed }) => {
    held = granted;
    show(summary, allowed ? 'done' : 'wrong');
    ticks.replaceChildren(
      ...scopes.map(({ name, has }) => {
        const textContent = has ? `✓ ${name}` : `✗ ${filled(texts.missing, { name })}`;
        return element('li', { className: has ? 'has' : 'lacks', textContent });
      }),
    );
  };

  const check = async ({ token, method, path }) => {
    const mine = (asked += 1);
    // The previous result was for another token or another request.
    held = [];
    ticks.replaceChildren();
    show('');
    if (token === '') return;
    const { hasEnded, isDone, value } = await sendForm(settings, '/try-it/check', { token, method, path });
    if (mine !== asked) return;
    if (hasEnded) showEndedSession(verdict, settings, texts);
    else if (isDone) showDecision(value);
    else show(value.summary ?? texts.notChecked, 'wrong');
  };

  return {
    refresh(request) {
      checked = check(request).catch(() => show(texts.notChecked, 'wrong'));
    },
    /** Scopes of the token, after the check that was begun last: a response may arrive before its result. */
    async heldScopes() {
      await checked;
      return held;
    },
  };
};
