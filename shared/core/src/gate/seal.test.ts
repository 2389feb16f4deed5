import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, Plan } from '../define/plan.ts';
import { type Binding, fingerprint, newNonce, readTicket, seal, type Ticket, unseal } from './seal.ts';

const key = randomBytes(32);
const binding: Binding = { server: 'mcp-x', tool: 'x_drop', args: { name: 'a', force: true }, principal: 'os:1' };
const ticket: Ticket = { nonce: newNonce(), expiry: 1_800_000_000, fingerprint: '0011223344556677', round: 0 };
const code = seal('plan', ticket, binding, key);

const tickets = fc.record({
  nonce: fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => Buffer.from(bytes).toString('hex')),
  expiry: fc.integer({ min: 0, max: 0xffff_ffff }),
  fingerprint: fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => Buffer.from(bytes).toString('hex')),
  round: fc.constant(0),
});

describe('plan codes', () => {
  it('are 55 characters whatever they carry, and read back to it', () => {
    fc.assert(
      fc.property(tickets, fc.jsonValue(), fc.string(), (any, args, tool) => {
        const bound = { ...binding, tool, args: args as Json };
        const text = seal('plan', any, bound, key);
        expect(text).toMatch(/^plan_[\w-]{50}$/);
        expect(unseal('plan', text, bound, key)).toEqual(any);
        expect(readTicket('plan', text)).toEqual(any);
      }),
    );
  });

  it('are refused after a flip of any bit of any character', () => {
    const refused: boolean[] = [];
    for (let index = 0; index < code.length; index += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const flipped = String.fromCharCode(code.charCodeAt(index) ^ (1 << bit));
        refused.push(
          unseal('plan', code.slice(0, index) + flipped + code.slice(index + 1), binding, key) === undefined,
        );
      }
    }
    expect(refused).toHaveLength(440);
    expect(refused.every(Boolean)).toBe(true);
  });

  it('are refused after a flip of any bit of their bytes', () => {
    const bytes = Buffer.from(code.slice(5), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(unseal('plan', `plan_${changed.toString('base64url')}`, binding, key)).toBeUndefined();
    }
  });

  it('are refused cut, padded, decorated, as another kind, and for any text at all', () => {
    const form = seal('form', ticket, binding, key);
    for (const text of [
      code.slice(0, -1),
      `${code}A`,
      `${code}=`,
      ` ${code}`,
      code.replace('plan', 'form'),
      form,
      '',
    ]) {
      expect(unseal('plan', text, binding, key)).toBeUndefined();
    }
    fc.assert(fc.property(fc.string(), (text) => unseal('plan', `plan_${text}`, binding, key) === undefined));
  });

  it('are refused for another server, tool, argument, caller or key, also when joined parts would read the same', () => {
    const others: Binding[] = [
      { ...binding, server: 'mcp-y' },
      { ...binding, tool: 'x_drop2' },
      { ...binding, args: { name: 'b', force: true } },
      { ...binding, args: { name: 'a' } },
      { ...binding, principal: 'os:2' },
      { ...binding, server: 'mcp-xx', tool: '_drop' },
    ];
    for (const other of others) expect(unseal('plan', code, other, key)).toBeUndefined();
    expect(unseal('plan', code, binding, randomBytes(32))).toBeUndefined();
    expect(unseal('plan', code, { ...binding, args: { force: true, name: 'a' } }, key)).toEqual(ticket);
  });
});

describe('fingerprint', () => {
  const plan: Plan = {
    summary: 'drop',
    steps: ['drop a'],
    targets: [
      { type: 'table', id: 'b' },
      { type: 'table', id: 'a' },
    ],
    warnings: [],
    undo: 'none',
    observed: { rows: 1, owner: 'me' },
  };

  it('does not depend on the order of targets or keys, or on the wording', () => {
    const same: Plan = {
      ...plan,
      summary: 'other words',
      targets: plan.targets.toReversed(),
      observed: { owner: 'me', rows: 1 },
    };
    expect(fingerprint(same)).toBe(fingerprint(plan));
  });

  it('changes with anything observed and with any target', () => {
    expect(fingerprint({ ...plan, observed: { rows: 2, owner: 'me' } })).not.toBe(fingerprint(plan));
    expect(fingerprint({ ...plan, targets: plan.targets.slice(1) })).not.toBe(fingerprint(plan));
  });
});
