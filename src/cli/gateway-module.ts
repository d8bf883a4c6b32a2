import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Problem } from './failure';

/** Built beside this package, and not a part of `src/`: so the paths of its modules are resolved at run time. */
const FOLDER = join(__dirname, '..', '..', 'example-gateway', 'dist');

const load = createRequire(__filename);

/** Returns the module that could not be found. */
export const missingModuleOf = (error: unknown): string | undefined => {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'MODULE_NOT_FOUND') return undefined;
  return /^Cannot find module '([^']*)'/.exec(error.message)?.[1];
};

/** Describes a package that the purpose needs and that is not installed. */
export const missingPackage = (purpose: string, name: string): Problem =>
  new Problem(`${purpose} needs the package ${name}: npm install ${name}`);

/**
 * Loads a module of the example gateway.
 * @param purpose the beginning of a message about a package that is not installed
 * @throws Problem if the gateway is not built, or a package that it needs is not installed
 */
export const loadGatewayModule = (name: string, purpose: string): unknown => {
  const file = join(FOLDER, name);
  try {
    return load(file);
  } catch (error) {
    const missing = missingModuleOf(error);
    if (missing === undefined) throw error;
    if (missing === file) throw new Problem('The example gateway, which reads its file, is not built: npm run build');
    throw missingPackage(purpose, missing);
  }
};
