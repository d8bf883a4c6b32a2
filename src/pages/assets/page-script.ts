import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Script of all pages: repeated submissions, copying, saving and local times. Read as text, because it runs in browsers. */
export const pageScript = readFileSync(join(__dirname, 'page.js'), 'utf8');
