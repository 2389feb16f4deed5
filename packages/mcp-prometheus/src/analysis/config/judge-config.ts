import { alertingFindings } from './alerting.ts';
import { driftFindings, identityFindings } from './drift.ts';
import type { ConfigReading, SectionResult } from './reading.ts';
import { retentionFindings } from './retention.ts';
import { scrapeFindings } from './scrape.ts';

export const configSections = ['identity', 'drift', 'scrape', 'alerting', 'retention'] as const;
export type ConfigSection = (typeof configSections)[number];

const judges: Readonly<Record<ConfigSection, (reading: ConfigReading) => SectionResult>> = {
  identity: identityFindings,
  drift: driftFindings,
  scrape: scrapeFindings,
  alerting: alertingFindings,
  retention: retentionFindings,
};

/** Findings of the sections that were asked for. */
export function judgeConfig(reading: ConfigReading, sections: readonly ConfigSection[]): SectionResult {
  const results = sections.map((section) => judges[section](reading));
  return {
    findings: results.flatMap(({ findings }) => findings),
    notExamined: results.flatMap(({ notExamined }) => notExamined),
  };
}
