import { definePrompt } from '@cinecom/mcp-core';
import * as z from 'zod';

const morning = definePrompt({
  name: 'morning-check',
  title: 'Morning check',
  description:
    'How was last night: error rates, new and regressed issues, releases, monitors, what nobody has touched.',
  arguments: z.strictObject({}),
  render: () =>
    [
      'Make the morning check by Sentry, changing nothing.',
      '1. sentry_report {"period":"night"}: verdict, sections, findings. Follow the next call of anything critical.',
      '2. sentry_unacknowledged: what nobody has touched for longer than its level allows.',
      '3. sentry_monitors: jobs that failed or never ran. sentry_usage, where events were lost.',
      'Report in ten lines: verdict first, each critical and warning finding with its number, then what was not examined.',
    ].join('\n'),
});

const investigate = definePrompt({
  name: 'investigate-service',
  title: 'Why does a service fail?',
  description: 'From an error rate to its issue, its cause and who should act, changing nothing.',
  arguments: z.strictObject({ project: z.string().min(1).max(100).describe('slug of the project') }),
  render: ({ project }) =>
    [
      `Find out why the project ${JSON.stringify(project)} fails.`,
      `1. sentry_overview with projects [${JSON.stringify(project)}]: is its rate up at all, tested against before?`,
      `2. sentry_search_issues with projects [${JSON.stringify(project)}] and sort freq: which issues grow. 3. sentry_issue for the worst: stack, releases, trace.`,
      '4. sentry_root_cause: ranked evidence. sentry_issue_events: which release, region, browser is over-represented. sentry_trace with the trace id.',
      '5. sentry_release for the release it names: regressed, ok or insufficient. sentry_performance, where it is slow rather than failing.',
      'Answer with the most likely cause and its evidence, what speaks against it, what was not examined, and the smallest safe remedy. Trace ids and times are for log and metric servers.',
    ].join('\n'),
});

const recovery = definePrompt({
  name: 'recovery-check',
  title: 'Would we see it?',
  description: 'After an incident or a move: do errors arrive, do alerts reach somebody, do monitors run?',
  arguments: z.strictObject({ project: z.string().min(1).max(100).describe('slug of the project') }),
  render: ({ project }) =>
    [
      `Prove that an error of the project ${JSON.stringify(project)} would be seen.`,
      `1. sentry_check_ingest {"project":${JSON.stringify(project)}}: show its plan to the person; apply it when confirmed.`,
      `2. sentry_alert_rules for the project: would anybody hear of it? 3. sentry_monitors: do its jobs check in?`,
      'Answer yes or no first, then what is missing and who can repair it.',
    ].join('\n'),
});

export const prompts = [morning, investigate, recovery];
