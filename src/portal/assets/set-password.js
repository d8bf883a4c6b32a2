// The page on which a user sets a password by a link ----------------------------------------------------------------

/** Moves the code of a link from the fragment into the form, so that neither the address nor the history contains it. */
const takeLinkCode = () => {
  const codeField = document.querySelector('[data-code] input');
  const [, code] = /^#(sgl_[\w-]+)$/.exec(location.hash) ?? [];
  if (codeField === null || code === undefined) return;
  history.replaceState(null, '', location.pathname + location.search);
  codeField.value = code;
  document.getElementById('new').focus();
};

takeLinkCode();
// The user may paste another link into the address bar of this page.
window.addEventListener('hashchange', takeLinkCode);
