import type { ImportReport } from '../report';
import type { SourcePlace } from '../source-node';

/** The references of Express Gateway, which it replaces in the text, before it reads the YAML. */
const REFERENCE = /\$?\$\{([A-Za-z0-9_]+)(?::-(.*?))?\}/g;

// Private-use characters: a reference with braces would not be valid inside { } or [ ].
const [BEGIN, END] = ['\uE000', '\uE001'];
const MARKED = new RegExp(`${BEGIN}([A-Za-z0-9_]+)${END}`, 'g');

const placeAt = (file: string, text: string, index: number): SourcePlace => ({
  file,
  line: text.slice(0, index).split('\n').length,
  key: '',
});

/** Replaces references: by their default if they have one, else by a mark that stays in the values. */
export const markReferences = (file: string, text: string, report: ImportReport): string =>
  text.replace(REFERENCE, (written: string, name: string, fallback: string | undefined, index: number) => {
    if (written.startsWith('$$')) return written;
    if (fallback === undefined || fallback === '') return `${BEGIN}${name}${END}`;
    const instead = `Write "\${${name}}" in place of the default if the environment decides`;
    report.gap({ place: placeAt(file, text, index) }, `\${${name}} has a default, which was taken`, instead);
    return fallback;
  });

/** Checks for a reference without a default. */
export const hasReference = (text: string): boolean => text.includes(BEGIN);

/** Returns text for the gateway's file: marks become references, and other text becomes none. */
export const withReferences = (text: string, report: ImportReport, meaning: string, example: string): string =>
  text.replaceAll('${', '$ {').replace(MARKED, (_, name: string) => {
    const valid = /^[A-Za-z_]/.test(name) ? name : `_${name}`;
    return report.reference(valid, meaning, example);
  });
