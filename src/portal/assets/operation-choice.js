// The selected operation, and the filter of the list.

const createOperationChoice = (form, onChange) => {
  const [select, filter] = ['resource', 'filter'].map(byId);
  const all = [...select.options];

  /** Selects the operation that was tried last, unless the address names one. Another API has a page of its own. */
  const restore = () => {
    const last = tabResource.value;
    const address = new URLSearchParams(location.search);
    if (last === null || address.has('path')) return;
    const isListed = [...(byId('api')?.options ?? [])].some(({ value }) => value === last.api);
    if (last.api !== form.dataset.api) {
      if (isListed && !address.has('api'))
        location.replace(`${form.dataset.mount}/try-it?${new URLSearchParams({ api: last.api })}`);
      return;
    }
    const index = all.findIndex(({ value }) => value === last.option);
    if (index >= 0) select.selectedIndex = index;
  };

  const showMatches = () => {
    const words = filter.value.toLowerCase().split(/\s+/);
    const chosen = select.value;
    select.replaceChildren(
      ...all.filter(({ textContent }) => words.every((word) => textContent.toLowerCase().includes(word))),
    );
    if (select.value !== chosen) onChange();
  };

  filter?.addEventListener('input', showMatches);
  select.addEventListener('change', () => {
    tabResource.set(form.dataset.api, select.value);
    onChange();
  });
  restore();

  return () => {
    const option = select.selectedOptions[0];
    return option === undefined ? undefined : JSON.parse(option.dataset.operation);
  };
};
