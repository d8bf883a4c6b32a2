// The scripts of the portal are parts of one function, in the order of `assets.ts`: later ones use the names of earlier
// ones. This part has what all others use.

const byId = (id) => document.getElementById(id);

/** Creates an element. */
const element = (name, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};

/** Replaces names in braces by values. */
const filled = (text, values) => text.replaceAll(/\{(\w+)\}/g, (_all, name) => String(values[name] ?? ''));
