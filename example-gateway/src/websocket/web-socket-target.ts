/** Removes the one-time ticket from the target of a handshake; other parameters stay byte for byte. */
export const withoutTicket = (target: string): string => {
  const [path = '', ...rest] = target.split('?');
  const query = rest.join('?');
  const kept = query.split('&').filter((pair) => decodedName(pair) !== 'ticket');
  return kept.length === 0 || query === '' ? path : `${path}?${kept.join('&')}`;
};

const decodedName = (pair: string): string => {
  const [name = ''] = pair.split('=', 1);
  try {
    return decodeURIComponent(name.replace(/\+/g, ' '));
  } catch {
    return name;
  }
};
