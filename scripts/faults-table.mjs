const COLUMNS = [
  ['fault', ({ fault }) => fault],
  ['requests', ({ requests }) => requests],
  ['503', ({ unavailable }) => unavailable],
  ['wrong accepts', ({ wrongAccepts }) => wrongAccepts],
  ['accepts where Redis lost the revocation', ({ acceptsAfterLoss, loss }) => lossOf(acceptsAfterLoss, loss)],
  ['live tokens refused', ({ refusedLive }) => refusedLive],
  ['live tokens that Redis lost', ({ lostLive, loss }) => lossOf(lostLive, loss)],
  ['double refresh chains', ({ doubleChains }) => doubleChains],
  ['longest request (deadline), ms', ({ longestMs, deadlineMs }) => `${Math.round(longestMs)} (${deadlineMs})`],
  ['green after, ms', ({ greenAfterMs }) => Math.round(greenAfterMs)],
  ['heap growth, MB', ({ heapGrowthBytes }) => (heapGrowthBytes / 1024 / 1024).toFixed(1)],
  ['unhandled', ({ unhandled }) => unhandled],
];

const lossOf = (count, loss) => (count === 0 ? '0' : `${count}: ${loss}`);

const line = (cells) => `| ${cells.join(' | ')} |`;

const formatOne = (topology, rows) => {
  const body = rows.map((row) => line(COLUMNS.map(([, cellOf]) => cellOf(row))));
  const head = [line(COLUMNS.map(([name]) => name)), line(COLUMNS.map(() => '---'))];
  return [`**${topology}**`, [...head, ...body].join('\n')].join('\n\n');
};

/** Formats the rows of the fault suite as one table for each topology. */
export const formatFaultTables = (rows) => {
  const topologies = [...new Set(rows.map(({ topology }) => topology))].sort((one, other) => one.localeCompare(other));
  return topologies
    .map((topology) => [topology, rows.filter((row) => row.topology === topology)])
    .map(([topology, itsRows]) => formatOne(topology, itsRows))
    .join('\n\n');
};
