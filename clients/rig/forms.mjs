const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'" };

const decode = (text) => text.replaceAll(/&(#?\w+);/g, (whole, name) => ENTITIES[name] ?? whole);

const textOf = (html) =>
  decode(html.replaceAll(/<[^>]*>/g, ' '))
    .replaceAll(/\s+/g, ' ')
    .trim();

const attributesOf = (tag) =>
  Object.fromEntries(
    [...tag.matchAll(/([a-z-]+)(?:="([^"]*)")?/g)].map(([, name, value = '']) => [name, decode(value)]),
  );

const inputsOf = (html) =>
  [...html.matchAll(/<input\b([^>]*)>/g)]
    .map(([, attributes]) => attributesOf(attributes))
    .filter(({ name, type, checked }) => name !== undefined && (type !== 'checkbox' || checked !== undefined));

/** The forms of a page, with what a browser would send for them: hidden values and ticked check-boxes included. */
const formsOf = (html) =>
  [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].map(([, attributes, content]) => ({
    action: attributesOf(attributes).action ?? '',
    fields: inputsOf(content).map(({ name, type, value }) => [name, value ?? (type === 'checkbox' ? 'on' : '')]),
    buttons: [...content.matchAll(/<button\b([^>]*)>([\s\S]*?)<\/button>/g)].map(([, tag, label]) => ({
      ...attributesOf(tag),
      label: textOf(label),
    })),
  }));

/** Finds the form with a button, and the fields to send when it is pressed. */
export const findForm = (html, label) => {
  for (const { action, fields, buttons } of formsOf(html)) {
    const button = buttons.find((one) => one.label === label);
    if (button === undefined) continue;
    const pressed = button.name === undefined ? [] : [[button.name, button.value ?? '']];
    return { action: button.formaction ?? action, fields: [...fields, ...pressed] };
  }
  throw new Error(`the page has no button ${label}: ${textOf(html).slice(0, 300)}`);
};
