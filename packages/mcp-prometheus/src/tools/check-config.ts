import { attempt, counted, findings, findingsReport, outside, renderFindings, table } from '@cinecom/mcp-core';
import { formatDuration } from '@cinecom/promql';
import * as z from 'zod';
import { configSections, judgeConfig } from '../analysis/config/judge-config.ts';
import { defineTool } from '../tool.ts';

const shownJobs = 20;

export const checkConfig = defineTool({
  name: 'prom_check_config',
  title: 'Configuration',
  description:
    'Does the running Prometheus match its prometheus.yml: identity, drift, failed or missing reload, jobs without targets, rules nobody hears of, retention. Never shows secrets.',
  searchHint: 'prometheus.yml configuration drift reload scrape interval retention alertmanager 設定 差分',
  risk: 'read',
  input: z.strictObject({
    section: z.enum(['all', ...configSections]).default('all'),
  }),
  output: z.strictObject({
    ...findingsReport.shape,
    server: z.string(),
    facts: z.array(z.string()),
    jobs: z.array(
      z.strictObject({
        job: outside(z.string()),
        every: z.string(),
        timeout: z.string(),
        targets: z.int(),
        from: z.string(),
      }),
    ),
    jobTotal: z.int(),
  }),
  async handle({ section }, { backend, signal }) {
    const { files } = backend;
    const [facts, file, identity, running, runtime, flags, targets, groups, ruleFiles] = await Promise.all([
      backend.facts(signal),
      attempt('file', files.config(signal)),
      attempt('identity', files.identity(signal)),
      attempt('running configuration', backend.configuration(signal)),
      attempt('runtime', backend.runtimeInfo(signal)),
      attempt('flags', backend.flags(signal)),
      attempt('targets', backend.targets(signal)),
      attempt('rules', backend.rules(signal)),
      attempt('rule files', files.ruleFiles(signal)),
    ]);
    const alertmanagers = backend.alertmanagers.addresses.length;
    const judged = judgeConfig(
      {
        file: file.value,
        identity: identity.value,
        running: running.value,
        runtime: runtime.value,
        flags: flags.value,
        targets: targets.value,
        groups: groups.value,
        ruleFiles: ruleFiles.value,
        alertmanagers,
      },
      section === 'all' ? configSections : [section],
    );
    const configuration = running.value ?? file.value?.configuration;
    const jobs = configuration?.jobs ?? [];
    return {
      ...findings({
        summary:
          judged.findings.length === 0
            ? 'nothing found in what was examined'
            : `${counted(judged.findings.length, 'thing')} to look at`,
        findings: judged.findings,
        notExamined: [
          ...judged.notExamined,
          ...file.missing,
          ...(configuration === undefined
            ? [{ what: 'configuration', why: 'neither file nor server tells it', required: true }]
            : []),
        ],
        window: 'now',
      }),
      server: `${facts.product} ${facts.version} at ${facts.url}`,
      facts: [
        ...(configuration === undefined
          ? []
          : [
              `scrape every ${formatDuration(configuration.scrapeIntervalMs)}, rules every ${formatDuration(configuration.evaluationIntervalMs)}`,
              `${counted(configuration.ruleFiles.length, 'rule file pattern')}, ${counted(groups.value?.length ?? 0, 'group')} loaded`,
            ]),
        `${counted(alertmanagers, 'Alertmanager')} in use`,
        ...(runtime.value === undefined
          ? []
          : [
              `retention ${runtime.value.retentionMs === undefined ? 'by size' : formatDuration(runtime.value.retentionMs)}`,
            ]),
        `reload over HTTP ${flags.value?.get('web.enable-lifecycle') === 'true' ? 'on' : 'off'}`,
      ],
      jobs: jobs.slice(0, shownJobs).map((job) => ({
        job: job.name,
        every: formatDuration(job.intervalMs),
        timeout: formatDuration(job.timeoutMs),
        targets: targets.value?.filter(({ pool }) => pool === job.name).length ?? 0,
        from: [...(job.staticTargets.length > 0 ? ['static'] : []), ...job.discovery].join(', '),
      })),
      jobTotal: jobs.length,
    };
  },
  render(report) {
    const jobs = table(report.jobs, ['job', 'every', 'timeout', 'targets', 'from']);
    const more = report.jobTotal > report.jobs.length ? `\n${report.jobs.length} of ${report.jobTotal} jobs shown` : '';
    return `${renderFindings(report)}\n\n${report.server}\n${report.facts.join('; ')}\n\n${jobs}${more}`;
  },
});
