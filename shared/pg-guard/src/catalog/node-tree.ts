/** What an analysed expression or rule of the catalog calls and reads, as object numbers. */
export interface TreeReach {
  readonly functions: readonly number[];
  readonly operators: readonly number[];
  readonly types: readonly number[];
  readonly relations: readonly number[];
}

const FIELDS: Readonly<Record<string, keyof TreeReach>> = {
  funcid: 'functions',
  opfuncid: 'functions',
  aggfnoid: 'functions',
  winfnoid: 'functions',
  elemfuncid: 'functions',
  hashfuncid: 'functions',
  negfuncid: 'functions',
  tsmhandler: 'functions',
  opno: 'operators',
  eqop: 'operators',
  sortop: 'operators',
  opnos: 'operators',
  cycle_mark_neop: 'operators',
  resulttype: 'types',
  consttype: 'types',
  vartype: 'types',
  coltypes: 'types',
  funccoltypes: 'types',
  typid: 'types',
  relid: 'relations',
};

/**
 * Lists the object numbers in a `pg_node_tree`, the server's own analysed form: names are resolved there, and nothing of it is
 * left out. A string constant that looks like a field has its blanks escaped and so cannot hide one; at worst it adds one.
 *
 * @param tree text of `pg_rewrite.ev_action`, `pg_policy.polqual`, `pg_constraint.conbin`, …
 */
export function scanNodeTree(tree: string): TreeReach {
  const found: Record<keyof TreeReach, Set<number>> = {
    functions: new Set(),
    operators: new Set(),
    types: new Set(),
    relations: new Set(),
  };
  for (const [, field = '', one, list] of tree.matchAll(/:([a-z_]+) (?:(\d+)|\(o((?: \d+)+)\))/g)) {
    const kind = Object.hasOwn(FIELDS, field) ? FIELDS[field] : undefined;
    if (kind === undefined) continue;
    for (const oid of one === undefined ? (list ?? '').trim().split(' ') : [one]) {
      if (oid !== '0') found[kind].add(Number(oid));
    }
  }
  return {
    functions: [...found.functions],
    operators: [...found.operators],
    types: [...found.types],
    relations: [...found.relations],
  };
}
