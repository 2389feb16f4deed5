import type { WrittenGroup, WrittenRule, WrittenRuleFile } from '../rules/rule-file.ts';
import { formatDuration } from '../time/parse-time.ts';
import { shown } from './shown.ts';
import type { LintFinding } from './types.ts';

const longestInterval = 300_000;

/** What is wrong with the file as a whole: its YAML, names given twice, slow groups. */
export function checkFile({ groups, problems }: WrittenRuleFile): readonly LintFinding[] {
  return [
    ...problems.map(({ line, column, message }): LintFinding => ({
      id: 'file',
      severity: 'error',
      line,
      rule: '',
      group: '',
      text: `${message} (column ${column})`,
      fix: 'Prometheus refuses the whole file; see the reference of rule files.',
    })),
    ...twice(groups, ({ name }) => name).map(({ item, first }) => ({
      id: 'duplicate_group',
      severity: 'error' as const,
      line: item.line,
      rule: '',
      group: item.name,
      text: `a group of this name is already on line ${first.line}`,
      fix: 'Give it another name, or put the rules together.',
    })),
    ...groups.filter(({ intervalMs = 0 }) => intervalMs > longestInterval).map(slowGroup),
    ...duplicateRules(groups),
  ];
}

function slowGroup({ name, line, intervalMs = 0 }: WrittenGroup): LintFinding {
  return {
    id: 'group_interval',
    severity: 'warning',
    line,
    rule: '',
    group: name,
    text: `evaluated every ${formatDuration(intervalMs)}: a series is stale after 5m, so alerts and records have gaps`,
    fix: 'Take an interval of at most 5m, better 1m.',
  };
}

function duplicateRules(groups: readonly WrittenGroup[]): readonly LintFinding[] {
  const all = groups.flatMap(({ rules }) => rules);
  return twice(all, identity).map(({ item, first }) => ({
    id: 'duplicate_rule',
    severity: 'warning',
    line: item.line,
    rule: item.name,
    group: item.group,
    text: `the ${item.kind} ${shown(item.name)} with the same labels is already on line ${first.line}: their series collide`,
    fix: 'Remove one, or set them apart by a label.',
  }));
}

function identity({ kind, name, labels }: WrittenRule): string {
  return JSON.stringify([kind, name, Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))]);
}

function twice<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): readonly { readonly item: Item; readonly first: Item }[] {
  const seen = new Map<string, Item>();
  return items.flatMap((item) => {
    const first = seen.get(keyOf(item));
    if (first !== undefined) return [{ item, first }];
    seen.set(keyOf(item), item);
    return [];
  });
}
