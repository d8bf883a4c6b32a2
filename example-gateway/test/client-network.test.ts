import { clientNetwork } from '../src/client-network';

describe('the network of a client', () => {
  it.each([
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::1', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['2001:db8::2:3:4:5:6', '2001:db8:0:2'],
    ['2001:0DB8::1', '2001:db8:0:0'],
    ['1::3:4:5:6:7:8', '1:0:3:4'],
    ['1:2::4:5:6:192.0.2.1', '1:2:0:4'],
    ['::1', '0:0:0:0'],
    ['::', '0:0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['64:ff9b::192.0.2.1', '64:ff9b:0:0'],
  ])('is the /64 of an IPv6 address: %s', (address, network) => {
    expect(clientNetwork(address)).toBe(network);
  });

  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:192.0.2.1', '192.0.2.1'],
    ['', ''],
  ])('is an IPv4 address itself, also in an IPv6 address: %s', (address, network) => {
    expect(clientNetwork(address)).toBe(network);
  });
});
