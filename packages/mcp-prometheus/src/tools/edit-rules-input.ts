import { ToolError } from '@cinecom/mcp-core';
import { readRuleFile } from '@cinecom/promql';
import type { RuleEditRequest } from '../analysis/rule-edit/splice.ts';
import type { RuleFile } from '../model/rule-files.ts';
import type { QueryCall } from './query-steps.ts';

export interface EditInput {
  readonly file?: string | undefined;
  readonly group?: string | undefined;
  readonly rule?: string | undefined;
  readonly name?: string | undefined;
  readonly comment?: string | undefined;
}

/**
 * The rule file, where it may be edited at all.
 * @throws ToolError `not_allowed` where the configuration is not proved to be the server's, `backend_forbidden`, `out_of_scope`
 */
export async function editable(name: string, { backend, signal, settings }: QueryCall): Promise<RuleFile> {
  const file = await backend.files.ruleFile(name, signal);
  if (settings.rulesMode !== 'apply') return file;
  const { state, differs } = await backend.files.identity(signal);
  if (state !== 'same') {
    throw new ToolError(
      'not_allowed',
      `it is not proved that these files are of the running server: ${differs.join(', ')}`,
      {
        hint: 'Name the prometheus.yml of this very server with --config; prom_check_config with section=identity compares both.',
      },
    );
  }
  if (!file.matched) {
    throw new ToolError('out_of_scope', 'the file is not matched by rule_files: Prometheus would not load it', {
      hint: 'prom_check_rules with source=file lists those that are.',
    });
  }
  if (file.writable) return file;
  throw new ToolError('backend_forbidden', 'the rule file is read-only for this account', {
    hint: 'Let the account write the file and its folder, or use --rules-mode propose.',
  });
}

export async function fileOf(
  { file, name, op }: EditInput & { readonly op: string },
  { backend, signal }: QueryCall,
): Promise<string> {
  if (file !== undefined) return file;
  const files = await backend.files.ruleFiles(signal);
  const holding =
    op === 'add'
      ? files
      : files.filter(({ text }) =>
          readRuleFile(text).groups.some(({ rules }) => rules.some((rule) => rule.name === name)),
        );
  const [only, ...others] = holding;
  if (only !== undefined && others.length === 0) return only.path;
  throw new ToolError(
    'invalid_input',
    only === undefined ? 'no rule file holds such a rule' : 'file is missing: there are several',
    {
      hint: `prom_check_rules with source=file lists ${files.length === 0 ? 'the files, once --config or --rules-dir name them' : 'files and rules'}.`,
    },
  );
}

/** @throws ToolError `invalid_input` naming the place */
export function ruleIn(text: string | undefined) {
  if (text === undefined)
    throw new ToolError('invalid_input', 'rule is missing: the YAML of one rule', {
      hint: 'alert or record, expr, and what else belongs to it.',
    });
  const { groups, problems } = readRuleFile(text, { loose: true });
  const [problem] = problems;
  if (problem !== undefined) {
    throw new ToolError('invalid_input', `rule is not read at line ${problem.line}, column ${problem.column}`, {
      hint: 'prom_check_rules with source=yaml tells what is wrong.',
    });
  }
  const rules = groups.flatMap((group) => group.rules);
  const [rule] = rules;
  if (rule !== undefined && rules.length === 1) return rule;
  throw new ToolError('invalid_input', 'rule must be exactly one rule', {
    hint: 'One with alert: or record:, and expr:.',
  });
}

export function requestOf(
  { op, group, rule = '', name }: EditInput & { readonly op: 'add' | 'update' | 'delete' },
  written: string | undefined,
): RuleEditRequest {
  if (op === 'add') {
    if (group === undefined)
      throw new ToolError('invalid_input', 'group is missing: where the rule belongs', {
        hint: 'An existing group, or the name of a new one.',
      });
    return { op, group, rule };
  }
  const named = name ?? written;
  if (named === undefined)
    throw new ToolError('invalid_input', 'name is missing: which rule', { hint: 'prom_check_rules lists them.' });
  return op === 'update' ? { op, name: named, group, rule } : { op, name: named, group };
}
