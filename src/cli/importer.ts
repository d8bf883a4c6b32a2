import { join } from 'node:path';
import { loadGatewayModule, missingModuleOf, missingPackage } from './gateway-module';

/** A key of a source that has no counterpart, or a different one. */
interface Gap {
  readonly place: { readonly file: string; readonly line: number; readonly key: string };
  readonly problem: string;
  readonly instead: string;
}

/** The result of an import; see `example-gateway/src/import/`. */
export interface Imported {
  readonly files: readonly string[];
  readonly apis: number;
  readonly resources: number;
  readonly gaps: readonly Gap[];
  readonly variables: readonly { readonly name: string; readonly meaning: string }[];
  /** Messages of the check of the file; empty if it is valid. */
  readonly faults: readonly string[];
}

interface Importer {
  /** @throws ImportError with one message for each fault */
  readonly importGateway: (source: string, path: string, out: string) => Imported;
}

const PURPOSE = 'The import';

/** Imports the configuration of another gateway into a folder. @throws ImportError, or Problem if a package is missing */
export const importFrom = (source: string, path: string, out: string): Imported => {
  const { importGateway } = loadGatewayModule(join('import', 'import-gateway.js'), PURPOSE) as Importer;
  try {
    return importGateway(source, path, out);
  } catch (error) {
    const missing = missingModuleOf(error); // reading a zip archive needs one more package
    throw missing === undefined ? error : missingPackage(PURPOSE, missing);
  }
};
