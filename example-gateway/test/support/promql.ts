/** Words of PromQL that are neither metrics nor labels. */
const WORDS = new Set(['and', 'or', 'unless', 'by', 'without', 'on', 'ignoring', 'bool', 'offset']);

/** The parts of an expression that must exist in what Prometheus scrapes. */
export interface PromqlNames {
  readonly metrics: ReadonlySet<string>;
  readonly labels: ReadonlySet<string>;
}

const namesIn = (list: string): readonly string[] => list.match(/[a-zA-Z_]\w*/g) ?? [];

/** Reads the names of metrics and labels in an expression. Variables of Grafana may be in strings and ranges only. */
export const readPromql = (expression: string): PromqlNames => {
  const labels: string[] = [];
  const rest = expression
    .replace(/"[^"]*"/g, '""')
    .replace(/\[[^\]]*\]/g, '')
    .replace(/\b(?:by|without|on|ignoring)\s*\(([^)]*)\)/g, (_all, list: string) => {
      labels.push(...namesIn(list));
      return ' ';
    })
    .replace(/\{([^}]*)\}/g, (_all, list: string) => {
      labels.push(...namesIn(list));
      return ' ';
    });
  const metrics = [...rest.matchAll(/[a-zA-Z_:][\w:]*(?!\w)(?!\s*\()/g)].map(([name]) => name);
  return { metrics: new Set(metrics.filter((name) => !WORDS.has(name))), labels: new Set(labels) };
};
