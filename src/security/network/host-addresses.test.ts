import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AddressKind, addressKind } from './host-addresses.ts';
import { judgeUrl } from './parse-url.ts';

describe('an IPv4 address', () => {
  const byte = fc.nat(255);
  const hex = (n: number): string => n.toString(16);

  it('is the same host in every spelling that programs agree on', () => {
    const SPELLINGS: readonly ((a: number, b: number, c: number, d: number) => string)[] = [
      (a, b, c, d) => `${a}.${b}.${c}.${d}`,
      (a, b, c, d) => `${a}.${b}.${c * 256 + d}.`,
      (a, b, c, d) => `0x${hex(a)}.${b * 65536 + c * 256 + d}`,
      (a, b, c, d) => `${((a * 256 + b) * 256 + c) * 256 + d}`,
      (a, b, c, d) => `0X${hex(((a * 256 + b) * 256 + c) * 256 + d).toUpperCase()}`,
      (a, b, c, d) => `[::ffff:${a}.${b}.${c}.${d}]`,
      (a, b, c, d) => `[::FFFF:${hex(a * 256 + b)}:${hex(c * 256 + d)}]`,
      (a, b, c, d) => `[0:0:0:0:ffff:0:${hex(a * 256 + b)}:${hex(c * 256 + d)}]`,
      (a, b, c, d) => `[64:ff9b::${a}.${b}.${c}.${d}]`,
      (a, b, c, d) => `[64:ff9b:1:0:0:0:${hex(a * 256 + b)}:${hex(c * 256 + d)}]`,
      (a, b, c, d) => `[2002:${hex(a * 256 + b)}:${hex(c * 256 + d)}::1]`,
      (a, b, c, d) => `[2001:0:1:2:3:4:${hex((a * 256 + b) ^ 0xffff)}:${hex((c * 256 + d) ^ 0xffff)}]`,
    ];
    fc.assert(
      fc.property(byte, byte, byte, byte, fc.constantFrom(...SPELLINGS), (a, b, c, d, spell) => {
        expect(judgeUrl(`https://${spell(a, b, c, d)}/`)).toMatchObject({ url: { host: `${a}.${b}.${c}.${d}` } });
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the kind of an address', () => {
  it.each<[string, AddressKind]>([
    ['example.com', 'name'],
    ['10.example.com', 'name'],
    ['localhost', 'loopback'],
    ['a.localhost', 'loopback'],
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['[::1]', 'loopback'],
    ['0.0.0.0', 'unspecified'],
    ['0.1.2.3', 'unspecified'],
    ['[::]', 'unspecified'],
    ['10.0.0.1', 'private'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['172.32.0.1', 'public'],
    ['192.168.1.1', 'private'],
    ['100.64.0.1', 'private'],
    ['[fd00:ec2::254]', 'private'],
    ['169.254.169.254', 'link-local'],
    ['[fe80::1]', 'link-local'],
    ['[fec0::1]', 'link-local'],
    ['192.0.2.1', 'reserved'],
    ['192.0.0.8', 'reserved'],
    ['198.18.0.1', 'reserved'],
    ['198.51.100.7', 'reserved'],
    ['203.0.113.7', 'reserved'],
    ['224.0.0.1', 'reserved'],
    ['255.255.255.255', 'reserved'],
    ['[ff02::1]', 'reserved'],
    ['[2001:db8::1]', 'reserved'],
    // IANA's special-purpose registries, one or both ends of each block that isn't above
    ['192.88.99.1', 'reserved'],
    ['192.88.98.255', 'public'],
    ['198.19.255.255', 'reserved'],
    ['240.0.0.1', 'reserved'],
    ['[100::1]', 'reserved'],
    ['[100:0:0:1::1]', 'reserved'],
    ['[2001:0:1::1]', 'reserved'],
    ['[2001:2::1]', 'reserved'],
    ['[2001:10::1]', 'reserved'],
    ['[2001:20::1]', 'reserved'],
    ['[2001:2f:ffff::1]', 'reserved'],
    ['[2001:30::1]', 'reserved'],
    ['[2001:1ff:ffff::1]', 'reserved'],
    ['[2001:200::1]', 'public'],
    ['[3fff::1]', 'reserved'],
    ['[3fff:fff:ffff::1]', 'reserved'],
    ['[3fff:1000::1]', 'public'],
    ['[3ffe:ffff::1]', 'public'],
    ['[5f00::1]', 'reserved'],
    ['[4000::1]', 'reserved'],
    ['[2606:4700::1111]', 'public'],
    ['8.8.8.8', 'public'],
    ['1.1.1.1', 'public'],
  ])('%s is %s', (host, kind) => {
    expect(addressKind(host)).toBe(kind);
  });
});
