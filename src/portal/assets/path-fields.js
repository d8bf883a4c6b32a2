// The path of a resource: its template, the fields of its parameters, and the path to request.

/** Splits a template into literals, parameters such as `:id.json`, and the rest that `*` stands for. */
const segmentsOf = (template) =>
  template.split('/').map((segment) => {
    if (segment === '*') return { kind: 'rest', name: '*' };
    const [, name, suffix = ''] = /^:([A-Za-z_]\w*)(.*)$/.exec(segment) ?? [];
    if (name === undefined) return { kind: 'literal', text: segment };
    return { kind: 'parameter', name, suffix: suffix.replaceAll(/%3A/gi, ':') };
  });

const encodeSegment = (text) =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (sign) => `%${sign.codePointAt(0).toString(16).toUpperCase()}`);

/** Returns the path for the values of its parameters, by name. */
const pathFor = (template, values) =>
  segmentsOf(template)
    .map(({ kind, name, text, suffix }) => {
      if (kind === 'literal') return text;
      if (kind === 'parameter') return encodeSegment(values[name] ?? '') + suffix;
      return (values[name] ?? '').split('/').map(encodeSegment).join('/');
    })
    .join('/');

/** Checks whether browsers would remove a segment of the path, so that another path would be requested. */
const hasDots = (path) => path.split('/').some((segment) => segment === '.' || segment === '..');

/** Shows a field for each parameter of a template. */
const createPathFields = (container, texts, onChange) => ({
  show({ path, pathExamples }) {
    container.replaceChildren(
      ...segmentsOf(path).flatMap(({ kind, name }) => {
        if (kind === 'literal') return [];
        const id = `in:${name}`;
        const isRest = kind === 'rest';
        const input = element('input', { id, autocomplete: 'off', required: !isRest });
        input.value = pathExamples[name] ?? (isRest ? '' : '1');
        input.dataset.parameter = name;
        input.addEventListener('input', onChange);
        const label = element('label', { textContent: isRest ? texts.rest : name, htmlFor: id });
        return [element('p', { className: 'field' }, label, input)];
      }),
    );
  },
  get values() {
    const inputs = [...container.querySelectorAll('input')];
    return Object.fromEntries(inputs.map(({ dataset, value }) => [dataset.parameter, value]));
  },
});
