import { readConfiguration } from './configuration/configuration';
import { withOverrides } from './configuration/overrides';
import { sourceFiles } from './configuration/source-files';
import { checkSharedStore } from './configuration/workers';
import { startGateway, type RunningGateway, type StartOptions } from './gateway';
import { startWorkers, type ReadConfiguration } from './workers/start-workers';

/**
 * Reads the file and starts the gateway that it describes, in this process or in workers.
 *
 * @throws StartError if the file has faults or a port is in use; nothing is left running then
 */
export const launch = async (start: StartOptions): Promise<RunningGateway> => {
  const { file, environment } = start;
  const readAgain = (): ReadConfiguration => {
    const { value, files } = sourceFiles.record(() => readConfiguration(file, environment));
    return { configuration: withOverrides(value, start), files };
  };
  const read = readAgain();
  checkSharedStore(read.configuration);
  return read.configuration.workers === 1 ? startGateway(start) : startWorkers({ ...start, ...read, readAgain });
};
