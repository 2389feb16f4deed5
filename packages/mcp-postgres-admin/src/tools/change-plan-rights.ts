import { type Call, type Plan, quote, ToolError } from '@cinecom/mcp-core';
import { effectLines } from '../analysis/change/effect.ts';
import { lossOfColumnRights, refusal } from '../analysis/change/refusal.ts';
import { sameLines, sameStates } from '../analysis/change/same.ts';
import { movedLines, undoOf } from '../analysis/change/undo.ts';
import type { PostgresBackend } from '../backend/port.ts';
import type { BeforeChange, ChangeState, Rehearsal, RightsChange } from '../model/change.ts';
import type { PostgresSettings } from '../settings.ts';
import { inScope } from './database.ts';

export type ChangeCall = Call<PostgresBackend, PostgresSettings>;

/** What `apply` works from. */
export type RightsObserved = {
  readonly kind: 'rights';
  readonly database: string;
  readonly systemId: string;
  readonly undoId: string;
  readonly statements: readonly string[];
  readonly changes: readonly RightsChange[];
  readonly states: readonly ChangeState[];
  readonly after: readonly ChangeState[];
};

export interface Wanted {
  readonly changes: readonly RightsChange[];
  readonly database: string | undefined;
  /** Given when an undo is planned: its id, and what it expects to find. */
  readonly undo?: { readonly id: string; readonly expected: readonly (readonly string[])[] };
}

const shownEffects = 12;

/** Tries the changes, rolls them back, and describes what they would do. */
export async function planRights(wanted: Wanted, call: ChangeCall): Promise<Plan<RightsObserved>> {
  const { changes, database, undo } = wanted;
  const backend = await inScope(database, call);
  const facts = await backend.facts(call.signal);
  const examine = ({ states, rightsBefore, adminRole }: BeforeChange): void => {
    const around = { rights: rightsBefore, ownRoles: [facts.role, adminRole], undoing: undo !== undefined };
    for (const [index, change] of changes.entries()) {
      refuse(refusal(change, around) ?? lossOfColumnRights(change, states[index]!));
    }
  };
  const tried = await call.backend.rehearse(changes, examine, database, call.signal);
  const asLeft = tried.states.every(({ own }, index) => sameLines(own, undo?.expected[index] ?? own));
  if (!asLeft) throw movedSince();
  const observed: RightsObserved = {
    kind: 'rights',
    database: facts.database,
    systemId: facts.systemId,
    undoId: undo?.id ?? '',
    statements: tried.statements,
    changes,
    states: tried.states,
    after: tried.after,
  };
  return described(observed, tried, call.settings);
}

function described(observed: RightsObserved, tried: Rehearsal, settings: PostgresSettings): Plan<RightsObserved> {
  const { changes, statements, states, after, database } = observed;
  const changed = !sameStates(states, after);
  const effects = effectLines(changes, tried.rightsBefore, tried.rightsAfter);
  const hidden = effects.length > shownEffects ? [`and ${effects.length - shownEffects} more lines`] : [];
  return {
    summary: changed ? statements.map(quote).join('; ') : nothingWords(changes),
    steps: changed
      ? [
          ...statements.map(quote),
          ...states.map((state, index) => {
            const moved = movedLines(state, after[index]!);
            return `before: ${shown(moved.before)}; after: ${shown(moved.after)}`;
          }),
          ...(effects.length === 0 ? ['effective rights, tried and rolled back: no difference'] : []),
          ...[...effects.slice(0, shownEffects), ...hidden].map(
            (line) => `effective rights, tried and rolled back: ${quote(line)}`,
          ),
        ]
      : [],
    targets: [...targetsOf(changes), ...(settings.databases.length > 0 ? [{ type: 'database', id: database }] : [])],
    warnings: changes.flatMap((change) => warningsOf(change, tried)),
    undo: undoWords(observed),
    observed,
  };
}

function shown(lines: readonly string[]): string {
  return lines.length === 0 ? 'nothing' : quote(lines.join(', '));
}

/** Rights that others granted stay: a revoke takes only what the same grantor gave. */
function nothingWords(changes: readonly RightsChange[]): string {
  const taken = changes.some((change) => change.type !== 'role' && !change.give);
  return taken
    ? 'it does not have that, or has it from another grantor, from PUBLIC or through a group: nothing would change'
    : 'it is so already';
}

function undoWords({ changes, states, after }: RightsObserved): string {
  const undoable = changes.every((change, index) => undoOf(change, states[index]!, after[index]!) !== undefined);
  return undoable
    ? 'the answer names an undoId; pg_change with action undo takes it back'
    : 'none by this tool: it never gives SUPERUSER, CREATEROLE, REPLICATION or BYPASSRLS';
}

function targetsOf(changes: readonly RightsChange[]): Plan['targets'] {
  const all = changes.flatMap((change) => [
    { type: 'role', id: change.role },
    ...(change.type === 'right' ? [{ type: change.objectKind, id: change.object }] : []),
    ...(change.type === 'member' ? [{ type: 'role', id: change.group }] : []),
  ]);
  return [...new Map(all.map((target) => [`${target.type} ${target.id}`, target])).values()];
}

function warningsOf(change: RightsChange, { rightsBefore }: Rehearsal): readonly string[] {
  const role = rightsBefore.roles.find(({ name }) => name === change.role);
  const sessions = role?.connections ?? 0;
  if (change.type === 'role') {
    const past = change.until !== '' && change.until !== 'infinity' && Date.parse(change.until) < rightsBefore.at;
    return [
      ...(past ? ['The expiry lies in the past: its password stops working at once.'] : []),
      ...(sessions > 0 && change.attributes.includes('NOLOGIN')
        ? [`${sessions} sessions of it stay until they end; pg_terminate ends one.`]
        : []),
    ];
  }
  return !change.give && sessions > 0
    ? [`${quote(change.role)} has ${sessions} sessions now: what they do next may fail.`]
    : [];
}

function refuse(why: string | undefined): void {
  if (why === undefined) return;
  throw new ToolError('invalid_input', `refused: ${why}`, { hint: 'Nothing was done.' });
}

function movedSince(): ToolError {
  return new ToolError('backend_conflict', 'what the change left has been changed since: it cannot be undone', {
    hint: 'Nothing was done. Look with pg_privileges and plan what is wanted now.',
  });
}
