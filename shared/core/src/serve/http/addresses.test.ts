import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAddresses } from './address-list.ts';
import { isLoopback, plainAddress } from '../../settings/loopback.ts';
import { clientAddress } from './client-address.ts';

const none = parseAddresses([]).list;

describe('a list of addresses', () => {
  test.each([
    ['10.0.0.0/8', '10.255.0.1', '11.0.0.1'],
    ['192.0.2.7', '192.0.2.7', '192.0.2.8'],
    ['192.0.2.9/31', '192.0.2.8', '192.0.2.10'],
    ['0.0.0.0/0', '203.0.113.1', '::1'],
    ['fd00::/8', 'fd12:3456::1', 'fe80::1'],
    ['::1', '::1', '127.0.0.1'],
  ])('%s has %s and not %s', (entry, inside, outside) => {
    const { list, wrong } = parseAddresses([entry]);
    expect(wrong).toEqual([]);
    expect([list.has(inside), list.has(outside)]).toEqual([true, false]);
  });

  test('what is neither address nor range is told, and holds nothing', () => {
    const entries = [
      '10.0.0.0/33',
      '10.0.0/8',
      'fd00::/129',
      'localhost',
      '10.0.0.1/',
      '10.0.0.1/8/8',
      '10.0.0.1/-1',
      '',
    ];
    const { list, wrong } = parseAddresses(entries);
    expect(wrong).toEqual(entries);
    expect(list.has('10.0.0.1')).toBe(false);
  });

  test('text that is no address is in no list', () => {
    const { list } = parseAddresses(['0.0.0.0/0', '::/0']);
    expect(['', 'x', '10.0.0', '1.2.3.4.5'].filter((text) => list.has(text))).toEqual([]);
  });

  test('an IPv4 address over an IPv6 socket is itself', () => {
    expect(plainAddress('::ffff:192.0.2.1')).toBe('192.0.2.1');
    expect(plainAddress('fe80::1%eth0')).toBe('fe80::1');
    expect(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'].every(isLoopback)).toBe(true);
    expect(['128.0.0.1', '0.0.0.0', '::', '127.example.com', 'localhost'].some(isLoopback)).toBe(false);
  });
});

describe('the client of a request', () => {
  const trusted = parseAddresses(['192.0.2.0/24', '2001:db8::/32']).list;

  test.each([
    ['192.0.2.1', '203.0.113.5', '203.0.113.5'],
    ['192.0.2.1', 'junk, 203.0.113.5', '203.0.113.5'],
    ['192.0.2.1', '203.0.113.5, 192.0.2.2', '203.0.113.5'],
    ['192.0.2.1', '203.0.113.5:4711', '203.0.113.5'],
    ['192.0.2.1', '[2001:db9::7]:4711', '2001:db9::7'],
    ['192.0.2.1', '::ffff:203.0.113.5', '203.0.113.5'],
    ['192.0.2.1', undefined, '192.0.2.1'],
    ['192.0.2.1', 'unknown', undefined],
    ['198.51.100.1', '203.0.113.5', '198.51.100.1'],
  ])('%s forwarding for %s is %s', (remote, forwarded, client) => {
    expect(clientAddress(remote, forwarded, trusted)).toBe(client);
  });

  test('is never one that the client wrote itself', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.ipV4(), (written, real) => {
        fc.pre(!trusted.has(real));
        expect(clientAddress('192.0.2.1', `${written}, ${real}`, trusted)).toBe(real);
        expect(clientAddress(real, written, none)).toBe(real);
      }),
    );
  });
});
