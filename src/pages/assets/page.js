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

  for (const button of document.querySelectorAll('[data-copy]')) {
    button.hidden = false;
    button.addEventListener('click', async () => {
      const isCopied = await copy(byId(button.dataset.copy));
      button.textContent = isCopied ? 'Copied' : 'Press Ctrl+C';
      spoken.textContent = isCopied ? 'Copied' : 'The text is selected. Press Ctrl+C, or Command+C, to copy it.';
      setTimeout(() => {
        button.textContent = 'Copy';
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

  for (const time of document.querySelectorAll('time')) {
    time.title = time.textContent;
    time.textContent = new Date(time.dateTime).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
  }
})();
