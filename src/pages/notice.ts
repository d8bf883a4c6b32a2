import { html, type Content, type Html } from './html';

/** Renders a remark that screen readers announce immediately. */
export const notice = (kind: 'done' | 'wrong', text: Content): Html =>
  html`<p class="notice ${kind}" role="${kind === 'done' ? 'status' : 'alert'}">${text}</p>`;

/** Returns the remark of the name in a URL, or `undefined`. Inherited properties such as `__proto__` are ignored. */
export const remarkOf = (remarks: Readonly<Record<string, string>>, name: string | null): string | undefined =>
  name !== null && Object.hasOwn(remarks, name) ? remarks[name] : undefined;
