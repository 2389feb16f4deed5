import { counted, type Finding } from '@cinecom/mcp-core';
import { cannot, type ConfigReading, type SectionResult } from './reading.ts';

/** Rules that nobody hears of, patterns that match no file, files that are not loaded. */
export function alertingFindings({ running, file, groups, ruleFiles, alertmanagers }: ConfigReading): SectionResult {
  const configuration = running ?? file?.configuration;
  if (configuration === undefined) return cannot('alerting', 'no configuration is told');
  const rules = groups?.flatMap((group) => group.rules.filter(({ kind }) => kind === 'alerting')) ?? [];
  const findings: Finding[] = [];
  if (alertmanagers === 0 && configuration.alertmanagers.length === 0) {
    findings.push({
      id: 'no_alertmanager',
      severity: rules.length > 0 ? 'warning' : 'info',
      object: 'alerting',
      evidence: `${counted(rules.length, 'alerting rule')}, no Alertmanager`,
      threshold: 'one to send to',
      fix: 'Add alerting.alertmanagers to prometheus.yml: alerts are evaluated and told to nobody',
    });
  }
  if (groups !== undefined && groups.length === 0) {
    findings.push({
      id: 'no_rules',
      severity: configuration.ruleFiles.length > 0 ? 'warning' : 'info',
      object: 'rule_files',
      evidence: `${counted(configuration.ruleFiles.length, 'pattern')}, no rule is loaded`,
      threshold: 'rules that are loaded',
      fix: 'Check the patterns of rule_files: a pattern that matches nothing is no error to Prometheus',
    });
  }
  const loaded = new Set(groups?.map((group) => baseName(group.file)));
  for (const { path } of groups === undefined ? [] : (ruleFiles ?? [])) {
    if (loaded.has(baseName(path))) continue;
    findings.push({
      id: 'file_not_loaded',
      severity: 'warning',
      object: path,
      evidence: 'matched by rule_files, and none of its groups runs',
      threshold: 'loaded',
      fix: 'Reload Prometheus; prom_check_rules with this file tells what it holds',
    });
  }
  return { findings, notExamined: groups === undefined ? [{ what: 'rules', why: 'they are not told' }] : [] };
}

/** Names alone: a container sees the same file under another path. */
function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
