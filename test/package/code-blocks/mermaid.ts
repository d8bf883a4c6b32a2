const DECLARATION = /^participant (\w+) as \S.*$/;
const MESSAGE = /^(\w+)--?>>(\w+): \S.*$/;
const NOTE = /^Note over (\w+)(?:,(\w+))?: \S.*$/;
const BRANCH = /^(alt|else) \S.*$/;

/** Words and characters that would end a statement inside its text. */
const BREAKS_TEXT = /[;#]|: .*\bend\b/;

/** Returns the names that a statement refers to; `undefined` if it is not a statement that the pages use. */
const namesIn = (statement: string): readonly string[] | undefined => {
  const [, ...names] = MESSAGE.exec(statement) ?? NOTE.exec(statement) ?? [];
  if (names.length > 0) return names.filter((name) => name !== undefined);
  return BRANCH.test(statement) || statement === 'end' ? [] : undefined;
};

/** Returns the faults of a sequence diagram, in the part of Mermaid's syntax that the pages use. */
export const faultsOfDiagram = (code: string): readonly string[] => {
  const [head, ...statements] = code.split('\n').map((line) => line.trim());
  const faults = head === 'sequenceDiagram' ? [] : [`it begins with "${head}"`];
  const declared = new Set<string>();
  let depth = 0;
  for (const statement of statements) {
    const [, participant] = DECLARATION.exec(statement) ?? [];
    if (participant !== undefined) {
      declared.add(participant);
      continue;
    }
    const names = namesIn(statement);
    if (names === undefined || BREAKS_TEXT.test(statement)) faults.push(`"${statement}" is not a statement`);
    for (const name of names ?? []) if (!declared.has(name)) faults.push(`"${name}" is not declared`);
    if (statement.startsWith('else ') && depth === 0) faults.push(`"${statement}" is not in an alt`);
    if (statement.startsWith('alt ')) depth += 1;
    if (statement === 'end') depth -= 1;
    if (depth < 0) faults.push('an end without an alt');
  }
  return depth > 0 ? [...faults, 'an alt without an end'] : faults;
};
