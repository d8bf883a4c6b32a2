import { findForm } from './forms.mjs';

const MAX_REDIRECTS = 10;

/** A user's browser without scripts: cookies, redirects and forms of one host, over plain HTTP. */
export class Browser {
  #cookies = new Map();
  #page = { url: new URL('about:blank'), html: '' };

  /** Opens an address. @returns the address outside of its origin that it leads to; `undefined` if a page is shown */
  async open(address) {
    return this.#follow(new URL(address), {});
  }

  /** Presses a button of the page, after filling in fields. @returns as `open` */
  async press(label, values = {}) {
    const { url, html } = this.#page;
    const { action, fields } = findForm(html, label);
    const form = new URLSearchParams(fields);
    for (const [name, value] of Object.entries(values)) form.set(name, value);
    const headers = { Origin: url.origin, 'Content-Type': 'application/x-www-form-urlencoded' };
    return this.#follow(new URL(action, url), { method: 'POST', headers, body: form.toString() });
  }

  /** Checks whether the page has a button. */
  hasButton(label) {
    try {
      return findForm(this.#page.html, label) !== undefined;
    } catch {
      return false;
    }
  }

  async #follow(start, request) {
    let url = start;
    let sent = request;
    for (let step = 0; step < MAX_REDIRECTS; step += 1) {
      const response = await this.#send(url, sent);
      const location = response.headers.get('location');
      if (location === null) return this.#show(url, response);
      const next = new URL(location, url);
      if (next.origin !== url.origin) return next;
      url = next;
      sent = {};
    }
    throw new Error(`more than ${MAX_REDIRECTS} redirects`);
  }

  async #send(url, { headers = {}, ...request }) {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { ...request, headers: { ...headers, Cookie: cookie }, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '' || /;\s*max-age=0/i.test(line)) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    return response;
  }

  async #show(url, response) {
    this.#page = { url, html: await response.text() };
  }
}

/**
 * Signs a user in at an authorization request and allows everything that it asks for.
 *
 * @returns the address that the browser is sent back to, with the response
 */
export const authorize = async (address, { username, password }, browser = new Browser()) => {
  let returned = await browser.open(address);
  if (returned === undefined && browser.hasButton('Sign in')) {
    returned = await browser.press('Sign in', { username, password });
  }
  returned ??= await browser.press('Allow');
  if (returned === undefined) throw new Error('the page after Allow is still a page of the gateway');
  return returned;
};
