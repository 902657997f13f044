import { describe, expect, it } from 'vitest';
import { checkedLookup, RefusedAddress, whyNotPublic, whyRefused } from './checked-lookup.ts';

// Nothing here connects anywhere: what is judged is text.

describe('a host that is an address', () => {
  it.each([
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '127.0.0.1.',
    'localhost',
    'LOCALHOST',
    'localhost.',
    'sub.localhost',
    '0.0.0.0',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '169.254.169.254',
    '192.0.2.1',
    '[fe80::1]',
    '[fc00::1]',
    '[fd00:ec2::254]',
    '１２７.0.0.1',
    '①②⑦.0.0.1',
  ])('%s is refused unless its endpoint allows it', (host) => {
    const { hostname } = new URL(`http://${host}/`);
    expect(whyRefused(hostname, false)).toMatch(/^it is a .* address, which takes allow_private = true$/);
    expect(whyRefused(hostname, true)).toBeUndefined();
  });

  it.each(['93.184.216.34', '[2606:4700::1111]', 'hooks.example.com'])('%s is not', (host) => {
    expect(whyRefused(new URL(`http://${host}/`).hostname, false)).toBeUndefined();
  });
});

describe('a name', () => {
  const lookup = (addresses: readonly string[], allowPrivate: boolean, all: boolean): Promise<unknown> => {
    const resolve = async () =>
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }) as const);
    return new Promise((done) => {
      checkedLookup(allowPrivate, { resolve })('hooks.example.com', { all }, (error, address) =>
        done(error ?? (typeof address === 'string' ? [address] : address.map((one) => one.address))),
      );
    });
  };

  it.each([
    [['127.0.0.1'], 'loopback'],
    [['93.184.216.34', '127.0.0.1'], 'loopback'],
    [['::1', '93.184.216.34'], 'loopback'],
    [['::ffff:10.0.0.1'], 'private'],
    [['169.254.169.254'], 'link-local'],
    [['fe80::1%eth0'], 'link-local'],
    [['93.184.216.34', '192.0.2.1'], 'reserved'],
  ])('that leads to %j is refused', async (addresses, kind) => {
    for (const all of [true, false]) {
      const refused = await lookup(addresses, false, all);
      expect(refused).toBeInstanceOf(RefusedAddress);
      expect((refused as Error).message).toBe(`it leads to a ${kind} address, which takes allow_private = true`);
      expect(await lookup(addresses, true, all)).toEqual(all ? addresses : addresses.slice(0, 1));
    }
  });

  it('that leads to public addresses has just these', async () => {
    const addresses = ['93.184.216.34', '2606:4700::1111'];
    expect(await lookup(addresses, false, true)).toEqual(addresses);
    expect(await lookup(addresses, false, false)).toEqual(['93.184.216.34']);
  });

  it('without any address is a fault that may pass', async () => {
    const fault = await lookup([], false, true);
    expect(fault).toBeInstanceOf(Error);
    expect(fault).not.toBeInstanceOf(RefusedAddress);
  });
});

it('what is no address at all is not public', () => {
  expect(whyNotPublic('')).toBe('no address');
  expect(whyNotPublic('hooks.example.com')).toBe('no address');
});
