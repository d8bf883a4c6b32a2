import { networkOf } from '../../src/throttle/address';

describe('the network that failures are counted under', () => {
  it('is an IPv4 address itself, however it is written', () => {
    expect(networkOf('203.0.113.9')).toBe('203.0.113.9');
    expect(networkOf('::ffff:203.0.113.9')).toBe('203.0.113.9');
    expect(networkOf('::FFFF:203.0.113.9')).toBe('203.0.113.9');
  });

  it('is the /64 of an IPv6 address, because one subscriber has all of it', () => {
    const network = networkOf('2001:db8:0:1::1');
    expect(networkOf('2001:db8:0:1:ffff:ffff:ffff:ffff')).toBe(network);
    expect(networkOf('2001:0DB8:0000:0001:0:0:0:2')).toBe(network);
    expect(networkOf('2001:db8::1:0:0:0:3')).toBe(network);
    expect(networkOf('2001:db8:0:2::1')).not.toBe(network);
  });

  it('reads the short forms', () => {
    expect(networkOf('::1')).toBe('0:0:0:0::/64');
    expect(networkOf('::')).toBe('0:0:0:0::/64');
    expect(networkOf('fe80::1%eth0')).toBe('fe80:0:0:0::/64');
    expect(networkOf('1:2:3:4:5:6:7::')).toBe('1:2:3:4::/64');
  });

  it('leaves a text that is no address as it is', () => {
    for (const text of ['', 'unknown', '::ffff:999.1.1.1', '1.2.3', ':::']) expect(networkOf(text)).toBe(text);
  });
});
