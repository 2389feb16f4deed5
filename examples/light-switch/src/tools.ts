import { type Tool, toolsFor } from '@cinecom/mcp-core';
import * as z from 'zod';
import type { Lamp } from './lamp.ts';

const defineTool = toolsFor<Lamp, { readonly room: string }>();
const state = z.object({ room: z.string(), on: z.boolean() });
const inWords = ({ room, on }: z.output<typeof state>): string => `OK: the light in ${room} is ${on ? 'on' : 'off'}.`;

export const lightStatus = defineTool({
  name: 'light_status',
  title: 'Light status',
  description: 'Whether the light is on. Use it before switching.',
  risk: 'read',
  input: z.strictObject({}),
  output: state,
  handle: async (_input, { backend, settings, signal }) => ({
    room: settings.room,
    on: await backend.isOn({ signal }),
  }),
  render: inWords,
});

export const lightSwitch = defineTool({
  name: 'light_switch',
  title: 'Switch the light',
  description: 'Turns the light on or off, after confirmation.',
  risk: 'write',
  input: z.strictObject({ on: z.boolean().describe('the wanted state') }),
  output: state,
  async plan({ on }, { backend, settings, signal }) {
    const now = await backend.isOn({ signal });
    return {
      summary: `turn the light in ${settings.room} ${on ? 'on' : 'off'}`,
      steps: now === on ? [] : [`switch ${now ? 'on → off' : 'off → on'}`],
      targets: [{ type: 'room', id: settings.room }],
      warnings: [],
      undo: `light_switch with on: ${now}`,
      observed: { now, wanted: on },
    };
  },
  async apply({ observed }, { backend, settings, signal }) {
    await backend.turn(observed.wanted, { signal });
    return { room: settings.room, on: await backend.isOn({ signal }) };
  },
  render: inWords,
});

export const tools: readonly Tool<Lamp, { readonly room: string }>[] = [lightStatus, lightSwitch];
