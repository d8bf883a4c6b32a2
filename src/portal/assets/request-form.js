// The form of Try it: composes the request from its fields.

const createRequestForm = (form, texts, onChange) => {
  const [token, body, mediaType] = ['token', 'body', 'media-type'].map(byId);
  const pathFields = createPathFields(byId('parameters'), texts, onChange);
  const query = createFieldRows(byId('query'), texts, onChange);
  const headers = createFieldRows(byId('headers'), texts, onChange);
  for (const input of [token, body, mediaType]) input.addEventListener('input', onChange);

  /** Returns the token alone, even if a whole Authorization header was pasted. */
  const pasted = () => token.value.trim().replace(/^(?:authorization:\s*)?bearer\s+/i, '');

  const hasBody = () => !byId('body-field').hidden && body.value.trim() !== '';

  const headersWithType = () => {
    const entries = headers.entries;
    const hasType = entries.some(([name]) => /^content-type$/i.test(name));
    if (!hasBody() || hasType || mediaType.value.trim() === '') return entries;
    return [['Content-Type', mediaType.value.trim()], ...entries];
  };

  return {
    /** Shows the fields of an operation. */
    show(operation) {
      pathFields.show(operation);
      query.show(operation.query);
      headers.show(operation.headers);
      byId('body-field').hidden = operation.body === undefined;
      mediaType.value = operation.body?.mediaType ?? '';
      body.value = operation.body?.example ?? '';
    },
    /** The request of an operation with the values of the fields. */
    compose({ method, path: template }) {
      const path = pathFor(template, pathFields.values);
      const search = new URLSearchParams(query.entries).toString();
      const address = new URL(form.dataset.apiBase + path + (search === '' ? '' : `?${search}`), location.href).href;
      return {
        method,
        path,
        address,
        headers: headersWithType(),
        token: pasted(),
        hasToken: pasted() !== '',
        ...(hasBody() ? { body: body.value } : {}),
      };
    },
    setToken(text) {
      token.value = text;
    },
    get token() {
      return pasted();
    },
  };
};
