interface Named {
  readonly name: string;
}

/** A sentence for each kind of a problem, such as `DirectoryProblem`. A language that lacks one does not compile. */
export type SentencesOf<P extends Named> = {
  readonly [N in P['name']]: (problem: Extract<P, { readonly name: N }>) => string;
};

/** Returns the sentence of a problem. */
export const sentenceOf = <P extends Named>(sentences: SentencesOf<P>, problem: P): string => {
  // TypeScript does not relate the name of the function to that of the problem.
  const write = sentences[problem.name as P['name']] as (problem: P) => string;
  return write(problem);
};
