const ZEROS_V4 = /^(?:0x0+|0+)(?:\.(?:0x0+|0+)){0,3}\.?$/i;

/** Checks whether a host is the address of all interfaces, in any spelling that the system accepts. */
export const isWildcard = (host: string): boolean => {
  if (ZEROS_V4.test(host)) return true;
  const [address = ''] = host.split('%', 1);
  if (!address.includes(':') || !URL.canParse(`http://[${address}]`)) return false;
  return ['[::]', '[::ffff:0:0]'].includes(new URL(`http://[${address}]`).hostname);
};
