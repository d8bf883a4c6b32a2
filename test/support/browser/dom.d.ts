// The names that playwright-core's types take from a browser. Tests run in Node and speak with the page in texts, so that
// nothing of a browser is in reach by mistake.
interface Node {
  readonly nodeType: number;
}
interface HTMLElement extends Node {
  readonly tagName: string;
}
interface SVGElement extends Node {
  readonly tagName: string;
}
type HTMLElementTagNameMap = Readonly<Record<string, HTMLElement>>;
