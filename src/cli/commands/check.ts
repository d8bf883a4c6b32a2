import type { Command } from '../command';
import { failureOf } from '../failure';
import { readGatewayFile } from '../gateway-file';
import { EXIT } from '../outcome';

const faultsOf = (error: unknown): readonly string[] | undefined =>
  error instanceof Error && error.name === 'StartError' && 'messages' in error && Array.isArray(error.messages)
    ? error.messages.map(String)
    : undefined;

export const check: Command = {
  words: ['check'],
  argument: 'FILE',
  summary: "Checks a gateway's file as a start does, and starts nothing.",
  notes: ['The environment variables that the file refers to must be set.'],
  flags: {},
  run: async ({ argument, environment }) => {
    try {
      readGatewayFile(argument, environment);
    } catch (error) {
      const faults = faultsOf(error);
      if (faults === undefined) throw error;
      return {
        json: { file: argument, valid: false, faults },
        text: failureOf(error).message,
        exit: EXIT.problem,
      };
    }
    return { json: { file: argument, valid: true, faults: [] }, text: `${argument} is valid` };
  },
};
