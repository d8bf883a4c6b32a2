// Requests of the script to the portal itself.

/**
 * Sends a form to the portal.
 * @returns the value of its JSON, its status, and whether the session has ended
 */
const sendForm = async ({ mount, formToken }, path, fields) => {
  const response = await fetch(mount + path, {
    method: 'POST',
    body: new URLSearchParams({ ...fields, form_token: formToken }),
    redirect: 'manual',
  });
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
  const hasEnded = response.type === 'opaqueredirect' || (response.status === 403 && !isJson);
  return { hasEnded, isDone: response.ok && isJson, value: isJson ? await response.json() : {} };
};

/** Shows that the session has ended, with a link to the sign-in. */
const showEndedSession = (place, { mount }, texts) => {
  const back = element('a', {
    href: `${mount}/sign-in?return=${encodeURIComponent('/try-it')}`,
    textContent: texts.signInAgain,
  });
  place.className = 'wrong';
  place.replaceChildren(`${texts.sessionEnded} `, back);
};
