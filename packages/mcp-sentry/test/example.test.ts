import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { codeOf, textOf } from '@cinecom/mcp-core/testing';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { parse } from 'yaml';
import { tools } from '../src/tools/index.ts';
import { settingsWith } from './support/backend.ts';
import { openBed } from './support/open.ts';
import { fillCinema } from './support/cinema.ts';

const path = (name: string): string => fileURLToPath(new URL(`../../../examples/sentry/${name}`, import.meta.url));

it('examples/sentry/alert-policy.yaml is applied as it stands, and a second time changes nothing', async () => {
  const { client, sentry } = await openBed({
    argv: ['--allow', 'write', '--policy-file', path('alert-policy.yaml')],
    fill: (double) => {
      fillCinema(double);
      double.world.addIntegration({ provider: 'discord', name: 'Cinecom' });
      double.world.addIntegration({ provider: 'pagerduty', name: 'cinecom' });
    },
  });
  const plan = await client.call('sentry_apply_alert_policy');
  expect(textOf(plan)).toMatch(/^PLAN: /);
  await client.ask('sentry_apply_alert_policy', { confirm: codeOf(plan) });
  const written = sentry.requests.filter(({ method }) => method === 'POST').map(({ body }) => body);
  expect(written.map((body) => (body as { readonly name: string }).name).toSorted()).toEqual([
    '[ops] L1',
    '[ops] L2',
    '[ops] L3',
  ]);
  expect(await client.ask('sentry_apply_alert_policy')).toMatch(/^NOTHING TO DO/);
});

it('examples/sentry/jobs.yaml names tools that there are, with input that they take', () => {
  const { jobs, timezone, slo } = parse(readFileSync(path('jobs.yaml'), 'utf8')) as {
    readonly jobs: readonly { readonly tool: string; readonly input?: unknown }[];
    readonly timezone: string;
    readonly slo: { readonly L3: number; readonly L2: number; readonly L1: number };
  };
  expect(settingsWith({ timezone, slo }).timezone).toBe('Asia/Tokyo');
  for (const { tool, input = {} } of jobs) {
    const found = tools.find(({ name }) => name === tool);
    expect(() => z.parse(found?.input ?? z.never(), input)).not.toThrow();
  }
});
