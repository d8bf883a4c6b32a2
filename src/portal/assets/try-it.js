// Try it: connects the form, the token, the verdict and the response.

const startTryIt = (form) => {
  const settings = form.dataset;
  const texts = JSON.parse(settings.texts);
  const view = createResponseView(texts, settings.language);
  const verdict = createVerdict(settings, texts);
  const operation = createOperationChoice(form, () => showOperation());
  const fields = createRequestForm(form, texts, () => refresh());
  const composed = () => fields.compose(operation());

  const showCode = () => {
    if (operation() !== undefined) byId('code').textContent = codeOf(byId('code-language').value, composed(), texts);
  };

  const refresh = () => {
    if (operation() === undefined) return;
    verdict.refresh(composed());
    showCode();
  };

  const showOperation = () => {
    if (operation() === undefined) return;
    fields.show(operation());
    refresh();
  };

  const tokenRequest = createTokenRequest(settings, texts, {
    operation,
    onToken: (token, client) => {
      tabToken.set(token, client);
      fields.setToken(token);
      offers.hide();
      refresh();
    },
  });
  const offers = createTokenOffers(settings, texts, { verdict, tokenRequest });

  let wasLimited = false;
  const send = createSending(texts, {
    view,
    onResponse: async (response) => {
      await offers.show(response, fields.token !== '');
      // Sending uses up the allowance, so the check may have another result now.
      const isLimited = response.status === 429;
      if (isLimited || wasLimited) refresh();
      wasLimited = isLimited;
    },
  });

  byId('token').addEventListener('input', () => tabToken.set(fields.token));
  byId('code-language').addEventListener('change', showCode);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (operation() === undefined) return;
    offers.hide();
    const request = composed();
    const obstacle = whyNotSent(request, texts);
    if (obstacle === undefined) void send(request);
    else byId('progress').textContent = obstacle;
  });

  // A page that shows the keys of one client begins with its token only.
  const only = form.querySelector('#try-client[type=hidden]')?.value;
  if (only === undefined || only === tabToken.client) fields.setToken(tabToken.text);
  showOperation();
};

const tryIt = byId('try-it');
if (tryIt !== null) startTryIt(tryIt);
