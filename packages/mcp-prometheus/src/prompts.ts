import { definePrompt } from '@cinecom/mcp-core';
import * as z from 'zod';

const morning = definePrompt({
  name: 'morning-check',
  title: 'Morning check',
  description: 'How was last night: alerts, targets, resources, services, and what differs from the day before.',
  arguments: z.strictObject({}),
  render: () =>
    [
      'Make the morning check by Prometheus, changing nothing.',
      '1. prom_overview {"since":"last night"}: verdict and findings; follow the next call of anything critical.',
      '2. prom_alert_history {"start":"last night","end":"last night"}: what fired, how long, how often.',
      '3. prom_compare_periods {"preset":"red","period":"1d","baseline":"1d"}: what differs from the day before. prom_kpis, where KPIs are set.',
      'Report in ten lines: verdict first, each critical and warning finding with its number and fix, then what was not examined.',
    ].join('\n'),
});

const investigate = definePrompt({
  name: 'investigate-service',
  title: 'Investigate a service',
  description: 'Why a service fails or is slow, step by step, changing nothing.',
  arguments: z.strictObject({
    service: z.string().min(1).max(200).describe('name of the service, as its label has it'),
    since: z.string().max(40).optional().describe('when it began: 30m, 2026-03-01T04:05:00Z'),
  }),
  render: ({ service, since }) =>
    [
      `Find out why the service ${JSON.stringify(service)} is in trouble${since === undefined ? '' : ` since ${JSON.stringify(since)}`}.`,
      '1. prom_services with this service: errors, latency, traffic against an hour and a week ago, and the expressions used.',
      '2. prom_alerts and prom_check_targets for its job: what fires, what is down.',
      '3. prom_what_changed at the beginning of the trouble, with the error expression as symptom: what moved before it.',
      '4. prom_resources for its hosts; prom_query for what remains unclear; prom_explain_query where an answer is empty.',
      'Answer with the most likely cause, its evidence in numbers, what speaks against it, what was not examined, and the smallest safe remedy.',
    ].join('\n'),
});

const tune = definePrompt({
  name: 'tune-alert',
  title: 'Tune an alert',
  description: 'Makes a noisy or silent alert right: history, lint, backtest of thresholds, then a proposed edit.',
  arguments: z.strictObject({ alert: z.string().min(1).max(200).describe('alertname') }),
  render: ({ alert }) =>
    [
      `Tune the alert ${JSON.stringify(alert)}.`,
      '1. prom_alert_history with this alert: episodes, minutes, flaps. 2. prom_check_rules for its rule: what the lint says.',
      '3. prom_backtest_rule with a sweep of thresholds and with another "for": what would have fired.',
      '4. prom_edit_rules update: show the plan with its diff to the person. Apply only what the person confirmed.',
      'Say what each change would have missed, not only what it would have spared.',
    ].join('\n'),
});

const capacity = definePrompt({
  name: 'capacity-review',
  title: 'Capacity review',
  description: 'What fills up and when, what is wasted, what monitoring itself costs. Weekly or monthly.',
  arguments: z.strictObject({
    period: z.enum(['weekly', 'monthly']).optional().describe('weekly by default'),
  }),
  render: ({ period = 'weekly' }) =>
    [
      `Make the ${period} capacity review by Prometheus, changing nothing.`,
      `1. prom_forecast_capacity for disk, inodes and memory${period === 'monthly' ? ' with horizon 60d' : ''}: what is full when, as a range.`,
      '2. prom_resources {"view":"waste"}: what is hardly used. 3. prom_cardinality: what monitoring itself costs.',
      `4. prom_compare_periods {"preset":"use","period":"${period === 'monthly' ? '7d' : '1d'}","baseline":"${period === 'monthly' ? '30d' : '7d'}"}: what grew.`,
      'Report first what runs out, then what grew, then what could be freed. Where an answer says insufficient data or not examined, say so; give no forecast of your own.',
    ].join('\n'),
});

export const prompts = [morning, investigate, tune, capacity];
