// Query parameters or headers: a field for each documented one, and rows with a name and a value for others.

/** The fields inside a `details` element, with a button that adds a row. */
const createFieldRows = (details, texts, onChange) => {
  const container = details.querySelector('[data-rows]');
  let count = 0;

  const field = (text, properties) => {
    count += 1;
    const input = element('input', { id: `${details.id}-${count}`, autocomplete: 'off', ...properties });
    input.addEventListener('input', onChange);
    input.addEventListener('invalid', () => (details.open = true)); // browsers focus visible fields only
    return element('p', { className: 'field' }, element('label', { textContent: text, htmlFor: input.id }), input);
  };

  const showDocumented = ({ name, example, isRequired }) => {
    const value = isRequired ? example : '';
    const shown = field(name, { value, placeholder: example, required: isRequired });
    shown.dataset.name = name;
    container.append(shown);
  };

  const addRow = () => {
    const remove = element('button', { type: 'button', className: 'plain', textContent: texts.remove });
    const row = element('div', { className: 'row' }, field(texts.name, {}), field(texts.value, {}), remove);
    remove.addEventListener('click', () => {
      row.remove();
      details.querySelector('[data-add]').focus();
      onChange();
    });
    container.append(row);
    row.querySelector('input').focus();
  };

  details.querySelector('[data-add]').addEventListener('click', addRow);

  return {
    /** Shows the documented fields. They replace all others. */
    show(parameters) {
      container.replaceChildren();
      for (const parameter of parameters) showDocumented(parameter);
      details.open = parameters.length > 0;
    },
    /** Names and values. A documented field without a value is left out, and so is a row without a name. */
    get entries() {
      return [...container.children].flatMap((row) => {
        const [first, second] = [...row.querySelectorAll('input')].map(({ value }) => value);
        if (row.dataset.name !== undefined) return first === '' ? [] : [[row.dataset.name, first]];
        return first.trim() === '' ? [] : [[first.trim(), second]];
      });
    },
  };
};
