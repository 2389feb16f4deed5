import { defineServer } from '@cinecom/mcp-core';
import { prometheusSettings } from './settings.ts';

/** The server as a value; nothing connects before the first call. */
export const server = defineServer({
  name: 'mcp-prometheus',
  title: 'Prometheus',
  version: '0.1.0',
  prefix: 'prom_',
  instructions: [
    'Prometheus and Alertmanager operations: what is failing, slow, full or noisy, why, what changed, and alert rules that are proven before they are saved.',
    'Start with prom_overview: one call, verdict first, and it names the next call.',
  ].join('\n'),
  settings: prometheusSettings,
  connect: async (context) => (await import('./backend/connect.ts')).connect(context),
  tools: async () => (await import('./tools/index.ts')).tools,
});
