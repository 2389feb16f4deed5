import { quote, ToolError } from '@cinecom/mcp-core';
import { diffOf } from '../analysis/rule-edit/diff.ts';
import { editRules } from '../analysis/rule-edit/splice.ts';
import type { RuleFile } from '../model/rule-files.ts';
import { cutOffEdit, examined } from './edit-rules-examined.ts';
import { editable, type EditInput, fileOf, requestOf, ruleIn } from './edit-rules-input.ts';
import type { QueryCall } from './query-steps.ts';
import { readBackups } from './rule-backups.ts';

type Op = 'add' | 'update' | 'delete' | 'restore' | 'reload';

export interface Edited {
  readonly op: Op;
  readonly written: boolean;
  readonly file: string;
  readonly rule: string;
  readonly diff: string[];
  readonly backup?: string;
  readonly reloadedBy?: 'lifecycle' | 'command';
  readonly checkedByPromtool: boolean;
  readonly evaluated?: boolean;
}

/** A type, since only types are JSON by their shape. */
export type Observed = {
  readonly op: Op;
  readonly path: string;
  readonly hash: string;
  readonly before: string;
  readonly text: string;
  readonly name: string;
  /** Empty: not said. */
  readonly group: string;
  /** Of the rule afterwards; null where it must be gone. */
  readonly expr: string | null;
  readonly comment: string;
  readonly diff: string[];
  /** False under `--rules-mode propose`. */
  readonly writes: boolean;
  /** Whether one rule can be looked for afterwards. */
  readonly expects: boolean;
};

const nothing = {
  path: '',
  hash: '',
  before: '',
  text: '',
  name: '',
  group: '',
  expr: null,
  comment: '',
  diff: [],
  expects: false,
};

export async function planReload({ settings }: QueryCall) {
  const observed: Observed = { ...nothing, op: 'reload', writes: settings.rulesMode === 'apply' };
  if (settings.rulesMode !== 'apply') refusePropose();
  return {
    summary: 'Let Prometheus load its configuration and rule files as they are',
    steps: ['POST /-/reload, or run reloadCommand where that is off'],
    targets: [{ type: 'server', id: 'prometheus' }],
    warnings: ['Whatever was changed in the files since the last reload takes effect, whoever changed it'],
    undo: 'change the files back and reload',
    observed,
  };
}

export async function planRestore({ name }: EditInput, call: QueryCall) {
  const backups = await readBackups(call.state);
  const found = backups.find(({ id }) => id === name);
  if (found === undefined) {
    throw new ToolError(
      'invalid_input',
      name === undefined ? 'name is missing: the id of a backup' : 'name is no backup that is kept',
      {
        hint:
          backups.length === 0
            ? 'No edit was made from here yet.'
            : `Kept: ${backups
                .slice(0, 8)
                .map(({ id }) => id)
                .join(', ')}.`,
      },
    );
  }
  const file = await editable(found.path, call);
  const diff = diffOf(file.text, found.text);
  const observed: Observed = {
    op: 'restore',
    path: file.path,
    hash: file.hash,
    before: file.text,
    text: found.text,
    name: found.id,
    group: '',
    expr: null,
    comment: `restore of ${found.id}`,
    diff: [...diff],
    writes: call.settings.rulesMode === 'apply',
    expects: false,
  };
  return planOf(observed, { file, warnings: [], url: (await call.backend.facts(call.signal)).url });
}

export async function planEdit(input: EditInput & { readonly op: 'add' | 'update' | 'delete' }, call: QueryCall) {
  const written = input.op === 'delete' ? undefined : ruleIn(input.rule);
  const file = await editable(await fileOf({ ...input, name: input.name ?? written?.name }, call), call);
  const request = requestOf(input, written?.name);
  const edit = editRules(file.text, request);
  if ('refused' in edit) {
    throw new ToolError('invalid_input', `the edit cannot be made: ${edit.refused}`, {
      hint: 'prom_check_rules with source=file lists the rules and their groups.',
    });
  }
  const cutOff = await cutOffEdit(call);
  const warnings = [
    ...(cutOff === undefined ? [] : [`${cutOff.evidence}; ${cutOff.fix}`]),
    ...(written === undefined ? [] : await examined(input.rule ?? '', written, call)),
  ];
  const observed: Observed = {
    op: input.op,
    path: file.path,
    hash: file.hash,
    before: file.text,
    text: edit.text,
    name: input.op === 'delete' ? (input.name ?? '') : (written?.name ?? ''),
    group: input.group ?? '',
    expr: written?.expr ?? null,
    comment: input.comment ?? '',
    diff: [...diffOf(file.text, edit.text)],
    writes: call.settings.rulesMode === 'apply',
    expects: written !== undefined || (await runsOnce(input.name ?? '', call)),
  };
  return planOf(observed, { file, warnings, url: (await call.backend.facts(call.signal)).url });
}

/** Whether a rule can be seen to be gone: another group may run one of the same name. */
async function runsOnce(name: string, { backend, signal }: QueryCall): Promise<boolean> {
  const groups = await backend.rules(signal);
  return groups.flatMap(({ rules }) => rules.filter((rule) => rule.name === name)).length === 1;
}

function planOf(
  observed: Observed,
  { file, warnings, url }: { readonly file: RuleFile; readonly warnings: readonly string[]; readonly url: string },
) {
  const { op, name, diff, writes, comment } = observed;
  const why = comment === '' ? '' : `: ${quote(comment)}`;
  const after = writes
    ? [
        'check the file with promtool where it is installed, replace it, reload Prometheus',
        'look for ten seconds whether the rule runs as written; else put the old file back and load that',
      ]
    : [
        'nothing is written (--rules-mode propose): edit the file so by hand, then',
        `promtool check rules ${quote(file.path)}`,
        `curl -X POST ${url}/-/reload`,
      ];
  return {
    summary: `${writes ? '' : 'Proposal: '}${op} ${quote(name)} in ${quote(file.path)}${why}`,
    steps: observed.text === observed.before ? [] : [...diff.map((line) => quote(line)), ...after],
    targets: [{ type: 'rule-file', id: file.path }],
    warnings,
    undo: writes ? 'prom_edit_rules with op restore and the backup that the answer names' : 'nothing to undo',
    observed,
  };
}

function refusePropose(): never {
  throw new ToolError('not_allowed', 'under --rules-mode propose nothing is reloaded', {
    hint: 'The operator sets --rules-mode apply.',
  });
}
