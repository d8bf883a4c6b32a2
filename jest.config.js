/** @type {import('jest').Config} */
module.exports = {
  roots: ['<rootDir>/test', '<rootDir>/example-gateway/test'],
  testMatch: ['**/*.test.ts'],
  testEnvironment: 'node',
  // swc leaves types alone: `npm run types` checks them, in tests as well.
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  moduleNameMapper: { '^scopegate$': '<rootDir>/src/index.ts' },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/example-gateway/dist/'],
  globalSetup: '<rootDir>/test/support/redis/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/redis/global-teardown.ts',
  // Ends a test that hangs. It asserts nothing: a busy machine must not reach it.
  testTimeout: 30_000,
  // One more than the two cores of CI: many tests wait for a clock or another process, and two workers leave cores idle.
  maxWorkers: 3,
  // A worker keeps what every file leaves behind, and collects garbage for ever longer. One that has grown is replaced between files.
  workerIdleMemoryLimit: '1GB',
  // On a busy machine even a worker that nothing holds takes longer to exit than jest's default of half a second.
  workerGracefulExitTimeout: 10_000,
  coverageProvider: 'v8',
  collectCoverageFrom: ['src/**/*.ts', 'example-gateway/src/**/*.ts'],
};
