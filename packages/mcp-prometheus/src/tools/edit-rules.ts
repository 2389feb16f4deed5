import { isToolError, outside, quote, timestamp } from '@cinecom/mcp-core';
import * as z from 'zod';
import { defineTool } from '../tool.ts';
import { type Edited, planEdit, planReload, planRestore } from './edit-rules-plan.ts';
import { endCutOff, keepBackup } from './rule-backups.ts';

export const editRules = defineTool({
  name: 'prom_edit_rules',
  title: 'Edit alert rules',
  description:
    'Adds, updates or deletes one rule in a rule file, restores a backup, or reloads. Linted and tried on history first; the plan shows the diff; what does not run after the reload is taken back.',
  searchHint: 'change alert rule threshold yaml reload rollback restore recording rule アラート ルール 変更 追加 削除',
  risk: 'write',
  input: z.strictObject({
    op: z.enum(['add', 'update', 'delete', 'restore', 'reload']),
    file: z.string().max(1000).optional().describe('rule file; needed where there are several'),
    group: z.string().max(200).optional(),
    rule: z.string().max(20_000).optional().describe('add, update: YAML of one rule'),
    name: z.string().max(200).optional().describe('update, delete: rule; restore: backup'),
    comment: z.string().max(300).optional().describe('why'),
  }),
  output: z.strictObject({
    op: z.enum(['add', 'update', 'delete', 'restore', 'reload']),
    written: z.boolean(),
    file: outside(z.string()),
    rule: outside(z.string()),
    diff: z.array(outside(z.string())),
    backup: z.string().optional(),
    reloadedBy: z.enum(['lifecycle', 'command']).optional(),
    checkedByPromtool: z.boolean(),
    evaluated: z.boolean().optional(),
  }),
  async plan(input, call) {
    if (input.op === 'reload') return planReload(call);
    return input.op === 'restore' ? planRestore(input, call) : planEdit({ ...input, op: input.op }, call);
  },
  async apply({ observed }, { backend, signal, state, clock }): Promise<Edited> {
    const { op, path, hash, text, before, comment, name, diff } = observed;
    if (op === 'reload') {
      const reloadedBy = await backend.ruleEdits.reload(signal);
      await endCutOff(state);
      return { op, written: false, file: '', rule: '', diff: [], reloadedBy, checkedByPromtool: false };
    }
    const shown = { op, file: path, rule: name, diff: [...diff] };
    if (!observed.writes) return { ...shown, written: false, checkedByPromtool: false };
    const backup = {
      id: `${timestamp(clock.now())}-${hash.slice(0, 6)}`,
      path,
      hash,
      text: before,
      at: clock.now(),
      comment,
    };
    await keepBackup(state, { ...backup, unfinished: true });
    const expected = observed.expects
      ? { name, group: observed.group === '' ? undefined : observed.group, expr: observed.expr ?? undefined }
      : undefined;
    const change = { path, expectedHash: hash, text, expected };
    const outcome = await backend.ruleEdits.changeRuleFile(change, signal).catch(async (error: unknown) => {
      // what is certainly as before is not cut off
      await keepBackup(state, { ...backup, unfinished: !isToolError(error) || error.applied !== 'no' });
      throw error;
    });
    await endCutOff(state, path);
    return {
      ...shown,
      written: true,
      backup: backup.id,
      reloadedBy: outcome.reloadedBy,
      checkedByPromtool: outcome.checkedByPromtool,
      evaluated: outcome.evaluated,
    };
  },
  async settle({ observed }, { backend, signal }) {
    if (observed.op === 'reload' || !observed.writes) return 'no';
    const { text } = await backend.files.ruleFile(observed.path, signal);
    return text === observed.text ? 'unknown' : 'no';
  },
  render(edited) {
    if (edited.op === 'reload') return `Prometheus has loaded its files (by ${edited.reloadedBy}).`;
    const diff = edited.diff.map((line) => quote(line)).join('\n');
    if (!edited.written) {
      return `Nothing was written: --rules-mode is propose. The edit of ${edited.file}:\n\n${diff}\n\nBy hand: edit the file so, then the two commands of the plan.`;
    }
    const checked = edited.checkedByPromtool ? 'checked by promtool, ' : '';
    return `Done: ${edited.op} of ${edited.rule} in ${edited.file}, ${checked}loaded (by ${edited.reloadedBy}) and seen running as planned${edited.evaluated === false ? '; it is evaluated later, look with prom_check_rules' : ''}.\nBackup ${edited.backup}; undo: prom_edit_rules {"op":"restore","name":"${edited.backup}"}\n\n${diff}`;
  },
});
