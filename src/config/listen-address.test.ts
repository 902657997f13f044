import { describe, expect, it } from 'vitest';
import { parseListenAddress } from './listen-address.ts';

describe('an address to listen at', () => {
  it.each([
    ['127.0.0.1:8787', { host: '127.0.0.1', port: 8787, isLoopback: true }],
    ['127.9.9.9:0', { host: '127.9.9.9', port: 0, isLoopback: true }],
    ['localhost:80', { host: 'localhost', port: 80, isLoopback: true }],
    ['[::1]:65535', { host: '::1', port: 65_535, isLoopback: true }],
    ['0.0.0.0:8787', { host: '0.0.0.0', port: 8787, isLoopback: false }],
    ['192.168.1.7:8787', { host: '192.168.1.7', port: 8787, isLoopback: false }],
    ['[::]:8787', { host: '::', port: 8787, isLoopback: false }],
    ['[::ffff:127.0.0.1]:8787', { host: '::ffff:7f00:1', port: 8787, isLoopback: false }],
  ])('%s', (text, expected) => expect(parseListenAddress(text)).toEqual(expected));

  it.each([
    '',
    '8787',
    ':8787',
    '127.0.0.1',
    '127.0.0.1:',
    '127.0.0.1:65536',
    '127.0.0.1:-1',
    '127.1:8787',
    '0177.0.0.1:8787',
    '256.0.0.1:8787',
    'example.com:8787',
    '[::1:8787',
    '::1:8787',
    'http://127.0.0.1:8787',
    '127.0.0.1:8787/x',
    '127.0.0.1:8787\n',
  ])('%j is none', (text) => expect(parseListenAddress(text)).toBeUndefined());
});
