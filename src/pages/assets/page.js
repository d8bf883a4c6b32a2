// The script of all pages. A classic script, not a module: pages load it with `defer`.
(() => {
  'use strict';

  const byId = (id) => document.getElementById(id);

  // The response to a second click would replace a page that is shown only once, such as a new secret. A form works
  // again after the browser has restored its page from the back/forward cache.
  for (const form of document.forms) {
    form.addEventListener('submit', (event) => {
      if (!form.hasAttribute('action')) return; // its own script handles it
      if (form.dataset.sent !== undefined) event.preventDefault();
      form.dataset.sent = '';
    });
    window.addEventListener('pageshow', () => delete form.dataset.sent);
  }

  // Passwords ---------------------------------------------------------------------------------------------------------

  const words = document.querySelector('main').dataset;
  const span = (fields) => Object.assign(document.createElement('span'), fields);
  for (const input of document.querySelectorAll('input[type=password]')) {
    const button = Object.assign(document.createElement('button'), { type: 'button' });
    // The whole name is a hidden text: an `aria-label` would be found together with the label of the field.
    const [short, whole] = [span({ ariaHidden: 'true' }), span({ className: 'spoken' })];
    button.append(short, whole);
    const show = (isShown) => {
      input.type = isShown ? 'text' : 'password';
      short.textContent = isShown ? words.hide : words.show;
      whole.textContent = isShown ? words.hidePassword : words.showPassword;
    };
    show(false);
    button.addEventListener('click', () => show(input.type === 'password'));
    // Otherwise browsers would keep a shown password among the texts that they suggest.
    input.form?.addEventListener('submit', () => show(false));
    const hadFocus = document.activeElement === input;
    const around = span({ className: 'secret' });
    input.replaceWith(around);
    around.append(input, button);
    if (hadFocus) input.focus();
  }

  // Copy and save -----------------------------------------------------------------------------------------------------

  // Screen readers announce the text only if the live region exists before it.
  const spoken = Object.assign(document.createElement('p'), { className: 'spoken' });
  spoken.setAttribute('role', 'status');
  document.querySelector('main').append(spoken);

  /** Copies outside secure contexts, where browsers do not have `navigator.clipboard`. The text stays selected. */
  const copySelected = (element) => {
    getSelection().selectAllChildren(element);
    return document.execCommand('copy');
  };

  const copy = async (element) => {
    try {
      await navigator.clipboard.writeText(element.textContent);
      return true;
    } catch {
      return copySelected(element);
    }
  };

  const { copyText, copyOf, copied, pressToCopy, selectedToCopy } = document.body.dataset;

  for (const button of document.querySelectorAll('[data-copy]')) {
    const { what } = button.dataset;
    if (what !== undefined) button.textContent = copyText;
    const label = button.textContent;
    const name = what === undefined ? button.ariaLabel : copyOf.replace('{what}', () => what);
    button.ariaLabel = name;
    button.hidden = false;
    button.addEventListener('click', async () => {
      const isCopied = await copy(byId(button.dataset.copy));
      button.textContent = isCopied ? copied : pressToCopy;
      button.ariaLabel = null; // a name has to contain the text that is shown
      spoken.textContent = isCopied ? copied : selectedToCopy;
      setTimeout(() => {
        button.textContent = label;
        button.ariaLabel = name;
        spoken.textContent = '';
      }, 2000);
    });
  }

  for (const button of document.querySelectorAll('[data-download]')) {
    button.hidden = false;
    button.addEventListener('click', () => {
      const address = URL.createObjectURL(
        new Blob([byId(button.dataset.download).textContent], { type: 'text/plain' }),
      );
      const anchor = Object.assign(document.createElement('a'), { href: address, download: button.dataset.name });
      anchor.click();
      setTimeout(() => URL.revokeObjectURL(address), 1000);
    });
  }

  // The user's regional variant of the page's language, such as en-GB, decides about the order of day and month.
  const { lang } = document.documentElement;
  const locale = navigator.languages.find((tag) => tag.split('-', 1)[0] === lang) ?? lang;

  for (const time of document.querySelectorAll('time')) {
    const local = new Date(time.dateTime).toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'short' });
    if ('relative' in time.dataset) {
      time.title = local;
      continue;
    }
    time.title = time.textContent;
    time.textContent = local;
  }
})();
