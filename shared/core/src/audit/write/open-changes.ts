import type { Json } from '../../define/plan.ts';
import type { AuditEvent, OpenChange } from '../types.ts';

/** Follows `call.begin` and `call.end`, so that a checkpoint can name what is under way. */
export class OpenChanges {
  readonly #changes = new Map<string, OpenChange>();

  follow(event: AuditEvent, at: number): void {
    if (event.type === 'call.begin') {
      this.#changes.set(event.id, { id: event.id, tool: event.action?.tool ?? '', at });
    } else if (event.type === 'call.end') {
      this.#changes.delete(event.id);
    }
  }

  /** Starts from a list, as a checkpoint gives it. */
  reset(changes: readonly OpenChange[]): void {
    this.#changes.clear();
    for (const change of changes) this.#changes.set(change.id, change);
  }

  list(): { id: string; tool: string; at: number }[] {
    return [...this.#changes.values()].map(({ id, tool, at }) => ({ id, tool, at }));
  }
}

/** Reads a list of changes out of a record's detail; ignores anything else. */
export function parseOpenChanges(value: Json | undefined): OpenChange[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item: unknown) => (isOpenChange(item) ? [item] : []));
}

function isOpenChange(value: unknown): value is OpenChange {
  if (typeof value !== 'object' || value === null) return false;
  const { id, tool, at } = value as Partial<OpenChange>;
  return typeof id === 'string' && typeof tool === 'string' && typeof at === 'number';
}
