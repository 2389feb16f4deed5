import { defineServer, type Server, setting, settings } from '@cinecom/mcp-core';
import * as z from 'zod';
import { createLamp } from './lamp.ts';

export const server: Server = defineServer({
  name: 'mcp-light-switch',
  title: 'Light switch',
  version: '0.1.0',
  prefix: 'light_',
  instructions: 'Tells whether the light is on, and switches it after confirmation.',
  settings: settings({
    room: setting({
      schema: z.string().default('hall'),
      flag: 'room',
      env: 'LIGHT_ROOM',
      description: 'where the lamp hangs',
    }),
  }),
  connect: async () => createLamp(),
  tools: async () => (await import('./tools.ts')).tools,
});
