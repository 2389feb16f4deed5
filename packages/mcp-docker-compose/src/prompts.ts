import { definePrompt } from '@cinecom/mcp-core';
import * as z from 'zod';

const service = z.string().min(1).max(100).describe('name of the service, as in the Compose file');

const morning = definePrompt({
  name: 'morning-check',
  title: 'Morning check',
  description: 'How the Compose project is, and what happened over night.',
  arguments: z.strictObject({}),
  render: () =>
    [
      'Make the morning check of the Compose project, changing nothing.',
      '1. compose_overview: verdict and findings; follow the next call of anything critical.',
      '2. compose_events {"since":"12h"}: ends, restarts, health, deploys of the night.',
      '3. compose_stats {"service":"*"}: who is near a limit.',
      'Report in ten lines: verdict first, each finding with its number and fix, then what was not examined.',
    ].join('\n'),
});

const update = definePrompt({
  name: 'safe-update',
  title: 'Update safely',
  description: 'Updates a service without losing a request, with a way back, step by step.',
  arguments: z.strictObject({ service }),
  render: ({ service: name }) =>
    [
      `Update the service ${JSON.stringify(name)} safely.`,
      '1. compose_deploy_check with it: what would change, and whether it drops traffic. Tell the person the verdict, blockers and warnings before anything is done.',
      '2. compose_snapshot. 3. compose_rollout: show the plan to the person, and confirm only what the person confirmed.',
      '4. compose_rollout_status until it has ended. If it rolled back, say why, from its steps.',
      '5. compose_overview: what is there now.',
    ].join('\n'),
});

const capacity = definePrompt({
  name: 'capacity-review',
  title: 'Capacity review',
  description: 'Which services have too much or too little, and what the host could free.',
  arguments: z.strictObject({}),
  render: () =>
    [
      'Review the capacity of the Compose project, changing nothing.',
      '1. compose_rightsize: limits by what was used; say where there is insufficient data.',
      '2. compose_autoscale_check: replicas by load.',
      '3. compose_images: what the host could free. 4. compose_lint {"rules":["NO_MEMORY_LIMIT"]}: who has no limit at all.',
      'Report saving and risk of each proposal with its confidence, then the calls that would do it: compose_set_resources, compose_scale, compose_cleanup.',
    ].join('\n'),
});

export const prompts = [morning, update, capacity];
