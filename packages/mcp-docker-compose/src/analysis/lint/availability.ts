import { counted, duration } from '@cinecom/mcp-core';
import type { ComposeService } from '../../model/compose-model.ts';
import { isJob } from '../containers/is-job.ts';
import { type LintService, serviceRule } from './rule.ts';

const defaultGraceMs = 10_000;

/** Whether anything checks the health of a service: the file, or else its image. */
function hasHealthcheck({ service, defaults }: Pick<LintService, 'service' | 'defaults'>): boolean {
  // one that is written and yet none turns off that of the image
  return (
    service.healthcheck !== undefined || (service.raw.healthcheck === undefined && defaults?.healthcheck !== undefined)
  );
}

export const noHealthcheck = serviceRule('NO_HEALTHCHECK', (one) => {
  const { service, project, defaults, line } = one;
  if (hasHealthcheck(one) || isJob(service.name, project.services)) return [];
  return [
    {
      severity: 'warning',
      evidence:
        defaults === undefined
          ? 'none in the files; its image is not on the host'
          : 'none in the files, none in its image',
      threshold: 'a health check',
      fix: 'Add healthcheck: without one nobody sees that it hangs, and updates go by time alone',
      at: line(['healthcheck']),
    },
  ];
});

export const noRestartPolicy = serviceRule('NO_RESTART_POLICY', ({ service, project, line }) => {
  const isSet = service.restart !== 'no' || deployOf(service).restart_policy !== undefined;
  if (isSet || isJob(service.name, project.services)) return [];
  return [
    {
      severity: 'warning',
      evidence: 'restart is no',
      threshold: 'unless-stopped, always or on-failure',
      fix: 'Add restart: unless-stopped, else it stays down after a crash or a reboot',
      at: line(['restart']),
    },
  ];
});

export const noMemoryLimit = serviceRule('NO_MEMORY_LIMIT', ({ service, line }) => {
  if (service.limits.memoryBytes !== undefined) return [];
  return [
    {
      severity: 'warning',
      evidence: 'no limit',
      threshold: 'deploy.resources.limits.memory',
      fix: 'Set a limit from what it uses, else it can take the memory of all others',
      at: line(['deploy', 'resources', 'limits']),
      sizes: service.name,
    },
  ];
});

export const dependsWithoutCondition = serviceRule('DEPENDS_WITHOUT_CONDITION', ({ service, project, line }) =>
  [...service.dependsOn].flatMap(([name, { condition }]) => {
    const target = project.model.services.get(name);
    if (condition !== 'service_started' || target === undefined) return [];
    const isChecked = hasHealthcheck({ service: target, defaults: project.defaults.get(target.image) });
    return [
      {
        severity: isChecked ? ('warning' as const) : ('info' as const),
        evidence: `waits for ${name} to start, ${isChecked ? 'not for its health check' : 'which has no health check'}`,
        threshold: 'condition: service_healthy',
        fix: isChecked ? 'Write the condition service_healthy' : 'Give it a health check, then wait for that',
        at: line(['depends_on', name]),
      },
    ];
  }),
);

export const graceTooShort = serviceRule('GRACE_TOO_SHORT', ({ service, project, line }) => {
  const stops = project.ends.filter((end) => end.service === service.name && end.cause === 'asked');
  const forced = stops.filter(({ isForced }) => isForced);
  if (forced.length === 0) return [];
  const grace = service.stopGraceMs ?? defaultGraceMs;
  const longest = Math.max(...forced.map(({ msAfterSignal }) => msAfterSignal ?? 0));
  return [
    {
      severity: 'warning',
      evidence: `${forced.length} of ${counted(stops.length, 'known stop')} ended by force, after up to ${duration(longest)}`,
      threshold: `ends within its grace period of ${duration(grace)}`,
      fix: 'Make it end on its stop signal; if it does but needs longer, raise stop_grace_period',
      at: line(['stop_grace_period']),
    },
  ];
});

const shells = new Set(['sh', 'bash', 'ash', 'dash']);

export const signalLost = serviceRule('SIGNAL_LOST', ({ service, defaults, line }) => {
  const entrypoint = service.entrypoint ?? defaults?.entrypoint ?? [];
  const command = service.command ?? (service.entrypoint === undefined ? defaults?.command : []) ?? [];
  const [program = '', ...words] = [...entrypoint, ...command];
  const at = words.findIndex((word) => /^-[a-z]*c$/.test(word));
  const script = at < 0 ? undefined : words[at + 1];
  if (!shells.has(program.slice(program.lastIndexOf('/') + 1)) || script === undefined || service.usesInit) return [];
  if (/(^|[\s;&|(])(exec|trap)\s/.test(script)) return [];
  const isSimple = !/[;&|\n(]/.test(script.trim());
  return [
    {
      severity: isSimple ? 'info' : 'warning',
      evidence: `process 1 is ${program.slice(0, 40)} -c with ${isSimple ? 'one command: whether the shell gives way to it depends on the shell' : 'several commands'}`,
      threshold: 'exec before the last command, or init: true',
      fix: 'Write exec before the long-running command, or init: true: else it never sees the stop signal and is killed',
      at: line([service.command === undefined ? 'entrypoint' : 'command']),
    },
  ];
});

function deployOf({ raw }: ComposeService): Readonly<Record<string, unknown>> {
  return typeof raw.deploy === 'object' && raw.deploy !== null ? (raw.deploy as Readonly<Record<string, unknown>>) : {};
}
