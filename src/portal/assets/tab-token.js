// The token of this tab, in its session storage and nowhere else.

const TOKEN = 'scopegate token';
const CLIENT = 'scopegate client';
const RESOURCE = 'scopegate resource';
const USER = 'scopegate user';

/** The signed-in user whom the page names; absent on pages for visitors. */
const pageUser = document.querySelector('.account-name')?.textContent;

const tabToken = {
  /** The last token of this tab; empty if there is none. */
  get text() {
    return sessionStorage.getItem(TOKEN) ?? '';
  },
  /** The client that the token was issued to, or `null` if that is not known. */
  get client() {
    return sessionStorage.getItem(CLIENT);
  },
  /** @param client absent for a token that was pasted */
  set(text, client) {
    sessionStorage.setItem(TOKEN, text);
    sessionStorage.setItem(USER, pageUser ?? '');
    if (client === undefined) sessionStorage.removeItem(CLIENT);
    else sessionStorage.setItem(CLIENT, client);
  },
};

/** The resource that was tried last, so that a new token is tried on the one that refused the old token. */
const tabResource = {
  get value() {
    return JSON.parse(sessionStorage.getItem(RESOURCE) ?? 'null');
  },
  set(api, option) {
    sessionStorage.setItem(RESOURCE, JSON.stringify({ api, option }));
  },
};

const isSignIn = document.querySelector('form[action$="/sign-in"]') !== null;
const isOfAnother =
  pageUser !== undefined && tabToken.text !== '' && (sessionStorage.getItem(USER) ?? pageUser) !== pageUser;

// The sign-in page is shown after signing out, which must remove the token. In another tab, another user may sign in.
if (isSignIn || isOfAnother) sessionStorage.clear();
