// The response as the page shows it.

const KINDS = { 2: 'good', 4: 'warning', 5: 'bad' };

const createResponseView = (texts, language) => {
  const number = (value) => value.toLocaleString(language);
  const find = (testId) => document.querySelector(`[data-testid="${testId}"]`);
  const [section, note, save] = ['response', 'response-note', 'save-body'].map(byId);
  let savedAddress;

  const showText = (testId, text) => {
    find(testId).textContent = text;
  };

  const showNote = (text) => {
    note.textContent = text;
    note.hidden = text === '';
  };

  /** Offers the received body as a file. */
  const offerBody = (blob, address) => {
    if (savedAddress !== undefined) URL.revokeObjectURL(savedAddress);
    savedAddress = blob === undefined || blob.size === 0 ? undefined : URL.createObjectURL(blob);
    save.hidden = savedAddress === undefined;
    if (save.hidden) return;
    save.href = savedAddress;
    save.download = new URL(address).pathname.split('/').pop() || 'body';
  };

  const showStatus = (text, kind) => {
    section.hidden = false;
    showText('response-status', text);
    find('response-status').className = `badge ${kind}`;
  };

  const clear = () => {
    for (const part of ['response-time', 'response-size']) showText(part, '');
    byId('response-body').textContent = '';
    byId('response-headers').textContent = '';
    offerBody(undefined);
    showNote('');
  };

  return {
    /** Shows what is known before the body has arrived. @returns the status as a text */
    showHead(response) {
      clear();
      const status = `${response.status} ${response.statusText}`.trim();
      showStatus(status, KINDS[Math.floor(response.status / 100)] ?? 'neutral');
      const lines = [...response.headers].map(([name, value]) => `${name}: ${value}`);
      byId('response-headers').textContent = lines.join('\n');
      return status;
    },
    /** @returns the time as a text */
    async showBody(received, { type, milliseconds, address }) {
      const { text, note: remark } = await shownBody(received, type, texts, number);
      const time = filled(texts.milliseconds, { count: number(milliseconds) });
      showText('response-time', time);
      showText('response-size', filled(texts.bytes, { count: number(received.size) }));
      byId('response-body').textContent = text;
      offerBody(received.blob, address);
      showNote(remark);
      return time;
    },
    /** Shows why there is no response. */
    showFailure(text) {
      clear();
      showStatus(text, 'bad');
    },
  };
};
