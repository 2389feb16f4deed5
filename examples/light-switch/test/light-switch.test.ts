import { codeOf, connect, contract, type Connected, tempState, textOf } from '@cinecom/mcp-core/testing';
import { describe, expect, it } from 'vitest';
import { createLamp } from '../src/lamp.ts';
import { server } from '../src/server.ts';

async function withClient(
  use: (call: (tool: string, args?: object) => Promise<never>) => Promise<void>,
): Promise<void> {
  await using state = await tempState();
  await using connected: Connected = await connect(server, {
    era: 'modern',
    argv: ['--allow', 'write'],
    env: state.env,
  });
  await use((name, args = {}) => connected.client.callTool({ name, arguments: { ...args } }) as Promise<never>);
}

it('tells the state, then changes it once the plan is confirmed', () =>
  withClient(async (call) => {
    expect(textOf(await call('light_status'))).toBe('OK: the light in hall is off.');
    const plan = await call('light_switch', { on: true });
    expect(textOf(plan)).toContain('PLAN: turn the light in hall on');
    expect(textOf(await call('light_status'))).toContain('off');
    expect(textOf(await call('light_switch', { on: true, confirm: codeOf(plan) }))).toBe(
      'OK: the light in hall is on.',
    );
  }));

it('has nothing to do when the light is as wanted', () =>
  withClient(async (call) => {
    expect(textOf(await call('light_switch', { on: false }))).toContain('NOTHING TO DO');
  }));

const cases = await contract(server, {
  connect: async () => createLamp(),
  env: {},
  inputs: { light_status: {}, light_switch: { on: true } },
  secrets: { AUDIT_LOG_KEY: (planted) => planted },
});

describe('withstands every attack of the core', () => {
  it.each(cases.map((one) => [one.name, one] as const))('%s', (_name, { run }) => run());
});
