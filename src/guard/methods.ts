/** Finds what belongs to a method; HEAD follows GET. */
export const forMethod = <T>(byMethod: ReadonlyMap<string, T>, method: string): T | undefined =>
  byMethod.get(method) ?? (method === 'HEAD' ? byMethod.get('GET') : undefined);

/** Lists the methods of an `Allow` header: HEAD is allowed if GET is. */
export const allowedMethods = (methods: readonly string[]): readonly string[] =>
  methods.includes('GET') && !methods.includes('HEAD')
    ? methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
    : methods;
