import type { NameReference } from '../parse/references.ts';
import type { FunctionUse } from './judge-function.ts';

export type ObjectKind = 'functions' | 'operators' | 'types' | 'relations';

/** How the statement comes to an object: the name it started from and the objects passed on the way. */
export interface Origin {
  readonly from: NameReference | undefined;
  readonly path: readonly string[];
  /** Reached through a built-in view only, which shows secrets to nobody. */
  readonly masked: boolean;
  readonly use: FunctionUse;
}

export type Level = Readonly<Record<ObjectKind, Map<number, Origin>>>;

/** Objects still to be looked at and those seen, so that cycles end and every object is asked for once. */
export class Frontier {
  readonly #seen = new Set<string>();
  #next: Level = emptyLevel();

  add(kind: ObjectKind, oids: readonly number[] | null | undefined, origin: Origin): void {
    for (const oid of oids ?? []) {
      const key = `${kind}:${oid}:${origin.masked}:${origin.use}`;
      if (oid === 0 || this.#seen.has(key) || this.#seen.has(`${kind}:${oid}`)) continue;
      this.#seen.add(key);
      const held = this.#next[kind].get(oid);
      if (held === undefined || strictness(origin) > strictness(held)) this.#next[kind].set(oid, origin);
    }
  }

  /** Objects that were looked at together with others and need not be asked for. */
  skip(kind: ObjectKind, oids: readonly number[] | null): void {
    for (const oid of oids ?? []) {
      this.#seen.add(`${kind}:${oid}`);
      this.#next[kind].delete(oid);
    }
  }

  /** Everything added since the last call; `undefined` when there is nothing more. */
  take(): Level | undefined {
    const level = this.#next;
    this.#next = emptyLevel();
    return Object.values(level).some(({ size }) => size > 0) ? level : undefined;
  }
}

const STRICTNESS: Readonly<Record<FunctionUse, number>> = { planned: 0, support: 2, reached: 4, named: 6 };

/** Of two ways to one object the one that lets less pass counts. */
function strictness({ use, masked }: Origin): number {
  return STRICTNESS[use] + (masked ? 0 : 1);
}

function emptyLevel(): Level {
  return { functions: new Map(), operators: new Map(), types: new Map(), relations: new Map() };
}
