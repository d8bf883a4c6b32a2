import { html, type Content, type Html } from './html';

/** Meaning of a notice: success, a fault, or something to do before the page is left. */
export type NoticeKind = 'done' | 'wrong' | 'warning';

/** Renders a remark that screen readers announce immediately. */
export const notice = (kind: NoticeKind, text: Content): Html =>
  html`<p class="notice ${kind}" role="${kind === 'wrong' ? 'alert' : 'status'}">${text}</p>`;

/** Returns the remark of the name in a URL, or `undefined`. Inherited properties such as `__proto__` are ignored. */
export const remarkOf = (remarks: Readonly<Record<string, string>>, name: string | null): string | undefined =>
  name !== null && Object.hasOwn(remarks, name) ? remarks[name] : undefined;
