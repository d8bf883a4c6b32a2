// Rows with a name and a value: query parameters and headers.

/** A list of rows inside a `details` element, with a button that adds one. */
const createFieldRows = (details, texts, onChange) => {
  const container = details.querySelector('[data-rows]');
  let count = 0;

  const field = (text, value, isRequired) => {
    count += 1;
    const input = element('input', { id: `${details.id}-${count}`, value, autocomplete: 'off', required: isRequired });
    input.addEventListener('input', onChange);
    return element('p', { className: 'field' }, element('label', { textContent: text, htmlFor: input.id }), input);
  };

  const add = ({ name = '', example = '', isRequired = false, isDocumented = false } = {}) => {
    const remove = element('button', { type: 'button', className: 'plain', textContent: texts.remove });
    remove.setAttribute('aria-label', `${texts.remove} ${name}`.trim());
    const row = element(
      'div',
      { className: 'row' },
      field(texts.name, name, false),
      field(texts.value, example, isRequired),
      remove,
    );
    row.dataset.documented = String(isDocumented);
    remove.addEventListener('click', () => {
      row.remove();
      details.querySelector('[data-add]').focus();
      onChange();
    });
    container.append(row);
    return row;
  };

  details.querySelector('[data-add]').addEventListener('click', () => add().querySelector('input').focus());

  return {
    /** Shows the documented rows; they replace all others. */
    show(parameters) {
      container.replaceChildren();
      for (const parameter of parameters) add({ ...parameter, isDocumented: true });
      details.open = parameters.length > 0;
    },
    /** Names and values. A documented row without a value is left out, and so is one without a name. */
    get entries() {
      return [...container.children].flatMap((row) => {
        const [name, value] = [...row.querySelectorAll('input')].map((input) => input.value);
        const isUnused = name.trim() === '' || (row.dataset.documented === 'true' && value === '');
        return isUnused ? [] : [[name.trim(), value]];
      });
    },
  };
};
