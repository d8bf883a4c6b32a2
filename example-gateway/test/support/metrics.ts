import type { TestGateway } from './gateway';

/** The address of the metrics from the log. @throws if the gateway has none */
export const metricsAddress = ({ lines }: TestGateway): string => {
  const line = lines.find(({ msg }) => msg.startsWith('Metrics are served'));
  if (line === undefined) throw new Error('the log has no address of the metrics');
  return String(line['url']);
};
