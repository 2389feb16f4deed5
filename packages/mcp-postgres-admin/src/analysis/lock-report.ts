import { count, duration, type Finding } from '@cinecom/mcp-core';
import type { LockScene } from '../model/lock-wait.ts';
import type { Session } from '../model/session.ts';
import { type BlockingNode, type BlockingTree, blockingTrees } from './blocking-tree.ts';
import { isIdleInTransaction } from './overview/connections.ts';
import { grade, thresholds } from './thresholds.ts';

/** A session of a tree, with what is known of it. */
export interface LockLine {
  readonly depth: number;
  readonly pid: number;
  readonly session: Session | undefined;
  /** Of a prepared transaction. */
  readonly gid: string | undefined;
  readonly waitMs: number | undefined;
  readonly waitsFor: string | undefined;
  readonly alsoBlockedBy: readonly number[];
}

export interface LockRoot {
  readonly tree: BlockingTree;
  readonly lines: readonly LockLine[];
  readonly held: readonly string[];
  /** What else it keeps from happening: vacuum, a slot, wraparound. */
  readonly pins: readonly string[];
  /** How to end it, and what that costs. */
  readonly advice: string;
  /** The tool that ends it; undefined where none may. */
  readonly end: 'pg_cancel' | 'pg_terminate' | undefined;
}

/** Every chain of waiting sessions, worst first; chains whose longest wait is under `minWaitMs` are left out. */
export function lockRoots(scene: LockScene, minWaitMs: number): readonly LockRoot[] {
  return blockingTrees(scene.waits)
    .filter((tree) => Math.max(tree.longestWaitMs, tree.wait?.waitMs ?? 0) >= minWaitMs)
    .map((tree) => rootOf(tree, scene));
}

/** One finding a root, graded by how many wait below it and how long. */
export function lockFinding(root: LockRoot): Finding {
  const { tree } = root;
  const grades = [grade(thresholds.lockWaiters, tree.victimCount), grade(thresholds.lockWaitMs, tree.longestWaitMs)];
  const severity = grades.includes('critical') ? 'critical' : grades.includes('warning') ? 'warning' : 'info';
  return {
    id: tree.deadlock ? 'deadlock' : 'blocking_root',
    severity,
    object: nameOf(tree.pid, root.lines[0]),
    evidence: `blocks ${tree.victimCount} ${tree.victimCount === 1 ? 'session' : 'sessions'}, the longest for ${duration(tree.longestWaitMs)}`,
    threshold: `${thresholds.lockWaiters[severity]} sessions or ${duration(thresholds.lockWaitMs[severity])}`,
    fix: root.advice,
  };
}

export function nameOf(pid: number, line: Pick<LockLine, 'gid'> | undefined): string {
  return pid === 0 ? `prepared transaction ${line?.gid ?? ''}` : `pid ${pid}`;
}

function rootOf(tree: BlockingTree, scene: LockScene): LockRoot {
  const sessions = new Map(scene.sessions.map((session) => [session.pid, session]));
  const session = sessions.get(tree.pid);
  return {
    tree,
    lines: linesOf(tree, 0, { sessions, scene }),
    held: scene.held.find((one) => one.pid === tree.pid)?.locks ?? [],
    pins: pinsOf(tree, session, scene),
    ...endingOf(tree, session),
  };
}

interface Known {
  readonly sessions: ReadonlyMap<number, Session>;
  readonly scene: LockScene;
}

function linesOf(node: BlockingNode, depth: number, known: Known): readonly LockLine[] {
  const line: LockLine = {
    depth,
    pid: node.pid,
    session: known.sessions.get(node.pid),
    // Which of several prepared transactions blocks, the server does not tell: the oldest is shown.
    gid: node.pid === 0 ? known.scene.prepared[0]?.gid : undefined,
    waitMs: node.wait?.waitMs,
    waitsFor: node.wait && `${node.wait.mode} on ${node.wait.object}`,
    alsoBlockedBy: node.alsoBlockedBy,
  };
  return [line, ...node.victims.flatMap((victim) => linesOf(victim, depth + 1, known))];
}

function pinsOf(tree: BlockingTree, session: Session | undefined, scene: LockScene): readonly string[] {
  const age = session?.xminAge ?? (tree.pid === 0 ? scene.prepared[0]?.xminAge : undefined);
  const slot = scene.slots.find((one) => one.pid === tree.pid);
  const oldest = Math.max(0, ...scene.sessions.map((one) => one.xminAge ?? 0));
  return [
    ...(age === undefined || age === null
      ? []
      : [
          `its snapshot keeps vacuum from removing what died in the last ${count(age)} transactions${age >= oldest ? ', the oldest of all sessions' : ''}`,
        ]),
    ...(slot === undefined ? [] : [`it reads replication slot ${slot.name}`]),
    ...(isWraparound(session) ? ['it prevents wraparound'] : []),
  ];
}

function endingOf(tree: BlockingTree, session: Session | undefined): Pick<LockRoot, 'advice' | 'end'> {
  if (tree.deadlock) {
    return { advice: 'They wait in a circle: the server ends one of them after deadlock_timeout', end: undefined };
  }
  if (tree.pid === 0) {
    return { advice: 'COMMIT PREPARED or ROLLBACK PREPARED, as its owner decides', end: undefined };
  }
  if (session === undefined) return { advice: 'It ended meanwhile: look again', end: undefined };
  if (isWraparound(session))
    return { advice: 'Leave it: it prevents wraparound; move the waiting DDL instead', end: undefined };
  if (session.own) return { advice: 'It is a connection of this server and ends by its own timeout', end: undefined };
  if (session.kind !== 'client backend' && session.kind !== 'autovacuum worker') {
    return { advice: `It is a ${session.kind}: not to be ended from here`, end: undefined };
  }
  if (session.state === 'active') {
    return { advice: 'It is working: wait, or cancel its statement (its transaction then fails)', end: 'pg_cancel' };
  }
  return isIdleInTransaction(session)
    ? {
        advice: 'Its client left the transaction open: finish it there, or end the session (it rolls back)',
        end: 'pg_terminate',
      }
    : { advice: 'It holds a lock of its session: end it there, or end the session', end: 'pg_terminate' };
}

function isWraparound(session: Session | undefined): boolean {
  return session?.kind === 'autovacuum worker' && session.query.includes('(to prevent wraparound)');
}
