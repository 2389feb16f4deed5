import type { Outcome } from './effect.ts';
import { innerOf, listAt, type Node, nodeAt, qualified, relationName, textAt, words } from './node.ts';

export function drop(node: Node): readonly Outcome[] {
  const type = textAt(node, 'removeType');
  const names = innerOf(listAt(node, 'objects'), 'List').map((one) => qualified(words(listAt(one, 'items'))));
  if (type === 'OBJECT_INDEX') {
    const concurrent = node['concurrent'] === true;
    return names.map((target) => ({
      rule: 'drop_index',
      target,
      lock: concurrent ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE',
      work: 'none',
      why: concurrent ? 'waits for those who use it' : 'on its table as well, until the transaction ends',
      ...(concurrent ? {} : { safe: 'DROP INDEX CONCURRENTLY' }),
    }));
  }
  if (type !== 'OBJECT_TABLE' && type !== 'OBJECT_MATVIEW' && type !== 'OBJECT_VIEW' && type !== 'OBJECT_SEQUENCE') {
    return [{ unknown: `DROP of ${type ?? 'something'}` }];
  }
  const cascade = textAt(node, 'behavior') === 'DROP_CASCADE';
  return names.map((target) => ({
    rule: 'drop',
    target,
    lock: 'ACCESS EXCLUSIVE',
    work: 'none',
    why: `it is gone${cascade ? ', and whatever depends on it' : ''}`,
    breaks: type === 'OBJECT_VIEW' ? 'clients' : 'data',
    safe: 'Rename it first and wait: a name is quickly given back, rows come back only from a backup',
  }));
}

export function rename(node: Node): readonly Outcome[] {
  const target = relationName(nodeAt(node, 'relation'));
  if (target === undefined) return [{ unknown: `RENAME of ${textAt(node, 'renameType') ?? 'something'}` }];
  if (textAt(node, 'renameType') === 'OBJECT_INDEX') {
    return [
      { rule: 'rename_index', target, lock: 'SHARE UPDATE EXCLUSIVE', work: 'none', why: 'the catalog alone changes' },
    ];
  }
  return [
    {
      rule: 'rename',
      target,
      lock: 'ACCESS EXCLUSIVE',
      work: 'none',
      why: 'clients that use the old name fail from then on',
      breaks: 'clients',
      safe: 'Keep the old name as a view, or add the new and move clients first',
    },
  ];
}

export function reindex(node: Node): readonly Outcome[] {
  const target = relationName(nodeAt(node, 'relation')) ?? 'unknown';
  const concurrent = listAt(node, 'params').some(
    (one) => textAt(nodeAt(one, 'DefElem') ?? {}, 'defname') === 'concurrently',
  );
  const index = textAt(node, 'kind') === 'REINDEX_OBJECT_INDEX';
  return [
    {
      rule: 'reindex',
      target,
      lock: concurrent ? 'SHARE UPDATE EXCLUSIVE' : index ? 'ACCESS EXCLUSIVE' : 'SHARE',
      work: 'build',
      why: concurrent ? 'built beside the old one' : 'nobody can write, and reads by this index wait',
      ...(concurrent ? {} : { safe: 'REINDEX … CONCURRENTLY' }),
    },
  ];
}

export function vacuum(node: Node): readonly Outcome[] {
  const full = hasOption(node, 'options', 'full');
  const targets = innerOf(listAt(node, 'rels'), 'VacuumRelation').flatMap(
    (one) => relationName(nodeAt(one, 'relation')) ?? [],
  );
  return targets.map((target) =>
    full
      ? {
          rule: 'vacuum_full',
          target,
          lock: 'ACCESS EXCLUSIVE',
          work: 'rewrite',
          why: 'all of it is written anew',
          safe: 'pg_repack, or plain VACUUM: see pg_bloat',
        }
      : { rule: 'vacuum', target, lock: 'SHARE UPDATE EXCLUSIVE', work: 'scan', why: 'nobody waits' },
  );
}

export function changeRows(node: Node): readonly Outcome[] {
  const target = relationName(nodeAt(node, 'relation')) ?? 'unknown';
  const all = node['whereClause'] === undefined;
  return [
    {
      rule: 'change_rows',
      target,
      lock: 'ROW EXCLUSIVE',
      work: all ? 'rewrite' : 'none',
      why: all
        ? 'every row is changed in one transaction, and locked until it ends'
        : 'rows that are changed stay locked until it ends',
      ...(all ? { safe: 'In batches by key, each in a transaction of its own' } : {}),
    },
  ];
}

function hasOption(node: Node, list: string, name: string): boolean {
  return innerOf(listAt(node, list), 'DefElem').some((one) => textAt(one, 'defname') === name);
}
