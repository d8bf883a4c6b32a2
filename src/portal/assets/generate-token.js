// The page Generate token, and the choice of the API on Try it.

// The server renders what belongs to a choice. The old form is disabled until then, so that it cannot be submitted.
for (const chooser of document.querySelectorAll('form[data-choose]')) {
  const offer = byId('offer');
  chooser.querySelector('button').hidden = true;
  chooser.addEventListener('change', () => {
    if (offer !== null) offer.disabled = true;
    chooser.requestSubmit();
  });
  // A page restored from the back/forward cache must show the choice that it was rendered for.
  window.addEventListener('pageshow', ({ persisted }) => {
    if (!persisted) return;
    chooser.reset();
    if (offer !== null) offer.disabled = false;
  });
}

const issued = document.querySelector('[data-token-result]');
if (issued !== null) tabToken.set(byId('access-token').textContent, issued.dataset.tokenClient);
