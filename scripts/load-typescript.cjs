// Lets a Node process load TypeScript without a build, for example by `node --require` this file.
const { readFileSync } = require('node:fs');
const { transformSync } = require('@swc/core');

require.extensions['.ts'] = (module, filename) => {
  const { code } = transformSync(readFileSync(filename, 'utf8'), {
    filename,
    jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
    module: { type: 'commonjs' },
  });
  module._compile(code, filename); // oxlint-disable-line no-underscore-dangle -- Node's own name
};

/** Returns the exports of a TypeScript file, and loads what it imports. */
exports.loadTypeScript = (file) => require(file);
