// The body of a response: received up to a limit, and shown as text if it is text.

const MAX_RECEIVED = 10 * 1024 * 1024;
const MAX_SHOWN = 100_000;

const TEXT_TYPE =
  /^(?:text\/|application\/(?:[\w.+-]*(?:json|xml)|(?:x-)?javascript|x-www-form-urlencoded|yaml|graphql)\b)/i;

/**
 * Receives a body up to `MAX_RECEIVED` bytes. What has arrived when the request is cancelled is kept.
 * @param onData is called for each part
 * @returns {Promise<Record<string, unknown>>} named here, because the declaration would import the types of Node's buffer
 */
const receiveBody = async (response, onData) => {
  const parts = [];
  let [size, isCut, error] = [0, false, undefined];
  const reader = response.body?.getReader();
  try {
    for (let part = await reader?.read(); part !== undefined && !part.done; part = await reader.read()) {
      onData();
      parts.push(part.value);
      size += part.value.length;
      if (size <= MAX_RECEIVED) continue;
      isCut = true;
      await reader.cancel();
      break;
    }
  } catch (thrown) {
    error = thrown;
  }
  return { blob: new Blob(parts), size, isCut, error };
};

const asText = async (blob, type) => {
  if (type !== '' && !TEXT_TYPE.test(type)) return undefined;
  const bytes = await blob.arrayBuffer();
  try {
    return new TextDecoder('utf-8', { fatal: type === '' }).decode(bytes);
  } catch {
    return undefined;
  }
};

const formatted = (text, type) => {
  if (!/json/i.test(type)) return text;
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
};

/** Returns the text to show and a remark about it. Numbers that JavaScript cannot represent leave the text as it is. */
const shownBody = async ({ blob, size, isCut }, type, texts, number) => {
  if (size === 0) return { text: '', note: texts.empty };
  const text = await asText(blob, type);
  if (text === undefined) return { text: '', note: filled(texts.binary, { type: type || '?' }) };
  const whole = isCut || /\d{16}/.test(text) ? text : formatted(text, type);
  const notes = [
    ...(whole.length > MAX_SHOWN ? [filled(texts.cut, { count: number(MAX_SHOWN) })] : []),
    ...(isCut ? [filled(texts.tooLarge, { count: number(MAX_RECEIVED) })] : []),
  ];
  return { text: whole.slice(0, MAX_SHOWN), note: notes.join(' ') };
};
