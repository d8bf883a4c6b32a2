// What the page offers after a refusal: a new token, or one with more scopes.

const createTokenOffers = ({ mount }, texts, { verdict, tokenRequest }) => {
  const [renew, missing, link] = ['renew', 'missing', 'generate-with'].map(byId);
  renew.querySelector('button').addEventListener('click', () => tokenRequest.start());

  const offerRenewal = (response, hasToken) => {
    renew.hidden = response.status !== 401 || !tokenRequest.isPossible;
    renew.querySelector('span').textContent = hasToken ? texts.expired : texts.tokenRequired;
  };

  /** Links a 403 to Generate token, with the missing scopes in addition to those of this token. */
  const offerScopes = async (response) => {
    const needed = /\bscope="([^"]*)"/.exec(response.headers.get('www-authenticate') ?? '')?.[1];
    if (response.status !== 403 || needed === undefined) return;
    const held = await verdict.heldScopes();
    const query = new URLSearchParams({ scopes: [...new Set([...held, ...needed.split(' ')])].join(' ') });
    if (tabToken.client !== null) query.set('client', tabToken.client);
    link.href = `${mount}/generate-token?${query}`;
    link.textContent = filled(texts.generateWith, { scopes: needed });
    missing.hidden = false;
  };

  return {
    hide() {
      renew.hidden = true;
      missing.hidden = true;
    },
    async show(response, hasToken) {
      offerRenewal(response, hasToken);
      await offerScopes(response);
    },
  };
};
