// Sends the composed request, with a way to cancel it.

const IDLE_SECONDS = 30;

/**
 * Cancels a request after `IDLE_SECONDS` without data.
 * @returns {Record<string, unknown>} named here, because the build cannot write the type of a signal
 */
const createPatience = () => {
  const controller = new AbortController();
  let timer;
  const extend = () => {
    clearTimeout(timer);
    timer = setTimeout(() => controller.abort('idle'), IDLE_SECONDS * 1000);
  };
  extend();
  return { signal: controller.signal, extend, stop: () => clearTimeout(timer), cancel: () => controller.abort('user') };
};

const fetchRequest = ({ method, address, headers, body, token }, signal) =>
  fetch(address, {
    method,
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
    cache: 'no-store',
    headers: [...(token === '' ? [] : [['Authorization', `Bearer ${token}`]]), ...headers],
    ...(body === undefined ? {} : { body }),
    signal,
  });

/** Returns why there is no response. */
const failureOf = ({ address }, { signal }, texts) => {
  if (signal.reason === 'user') return texts.cancelled;
  if (signal.reason === 'idle') return filled(texts.timedOut, { seconds: IDLE_SECONDS });
  const { origin } = location;
  const text = new URL(address).origin === origin ? texts.noResponse : texts.noResponseCors;
  return filled(text, { address, origin });
};

/** @param onResponse is called with the response after its body has arrived */
const createSending = (texts, { view, onResponse }) => {
  const [send, cancel, progress] = ['send', 'cancel', 'progress'].map(byId);
  const label = send.textContent;
  let pending;

  const show = (isPending, text) => {
    send.textContent = isPending ? texts.sending : label;
    send.setAttribute('aria-disabled', String(isPending));
    if (!isPending && document.activeElement === cancel) send.focus();
    cancel.hidden = !isPending;
    progress.textContent = text;
  };

  cancel.addEventListener('click', () => pending?.cancel());

  const receive = async (request, patience) => {
    const began = performance.now();
    const response = await fetchRequest(request, patience.signal);
    const status = view.showHead(response);
    progress.textContent = texts.receiving;
    const received = await receiveBody(response, patience.extend);
    const milliseconds = Math.round(performance.now() - began);
    const type = response.headers.get('content-type') ?? '';
    const time = await view.showBody(received, { type, milliseconds, address: request.address });
    const text = filled(texts.received, { status, time });
    return { response, text: received.error === undefined ? text : `${text} ${failureOf(request, patience, texts)}` };
  };

  return async (request) => {
    if (pending !== undefined) return;
    const patience = createPatience();
    pending = patience;
    show(true, texts.sending);
    let text;
    try {
      const result = await receive(request, patience);
      text = result.text;
      await onResponse(result.response);
    } catch {
      text = failureOf(request, patience, texts);
      view.showFailure(text);
    }
    patience.stop();
    pending = undefined;
    show(false, text);
  };
};
