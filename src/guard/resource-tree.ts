/** What was declared at one path: a value for each method. */
export type Leaf<T> = ReadonlyMap<string, T>;

/** A tree of path segments. */
interface Node<T> {
  readonly literals: Map<string, Node<T>>;
  parameter: Node<T> | undefined;
  leaf: Map<string, T> | undefined;
}

const newNode = <T>(): Node<T> => ({ literals: new Map(), parameter: undefined, leaf: undefined });

const segmentsOf = (path: string): readonly string[] => (path === '/' ? [] : path.slice(1).split('/'));

/** A literal segment wins over a parameter, whatever the order of declaration; a parameter is never empty. */
const match = <T>(node: Node<T>, segments: readonly string[], index = 0): Leaf<T> | undefined => {
  const segment = segments[index];
  if (segment === undefined) return node.leaf;
  const literal = node.literals.get(segment);
  const found = literal === undefined ? undefined : match(literal, segments, index + 1);
  if (found !== undefined || node.parameter === undefined || segment === '') return found;
  return match(node.parameter, segments, index + 1);
};

/** The one matcher of paths, whoever declares them. */
export class ResourceTree<T> {
  readonly #root: Node<T> = newNode();

  /** `path` is a template such as `/:id/lines`. */
  add(path: string, method: string, value: T): void {
    let node = this.#root;
    for (const written of segmentsOf(path)) {
      const segment = decodeURIComponent(written);
      if (written.startsWith(':')) {
        node.parameter ??= newNode();
        node = node.parameter;
      } else {
        const next: Node<T> = node.literals.get(segment) ?? newNode();
        node.literals.set(segment, next);
        node = next;
      }
    }
    node.leaf ??= new Map();
    node.leaf.set(method, value);
  }

  /** What was declared for a canonical path. */
  find(path: string): Leaf<T> | undefined {
    // Decoded, because a client may write a reserved character raw or escaped, and an upstream takes both for the same.
    return match(this.#root, segmentsOf(path).map(decodeURIComponent));
  }
}
