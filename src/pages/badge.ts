import { html, type Html } from './html';

/** Meaning of a badge, which determines its colour. The text alone has to be enough to understand it. */
export type BadgeKind = 'neutral' | 'good' | 'warning' | 'bad';

/** Renders a short state, such as "Deprecated" or "Sandbox". */
export const badge = (kind: BadgeKind, text: string): Html => html`<span class="badge ${kind}">${text}</span>`;
