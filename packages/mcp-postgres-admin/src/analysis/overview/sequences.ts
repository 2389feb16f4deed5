import { count, duration, type Finding, percent } from '@cinecom/mcp-core';
import type { SequenceState } from '../../model/health.ts';
import { isRead } from '../../model/part.ts';
import { figure, grade, thresholds } from '../thresholds.ts';
import { notRead, nothing, type Check, type EarlierCounters } from './types.ts';

/** Share 0–1 of the values that are left, by the type of the owning column; `undefined` when it cannot run out or was never used. */
export function freeShare(sequence: SequenceState): number | undefined {
  const { last, limit, increment, cycles } = sequence;
  if (last === null || cycles) return undefined;
  const span = Math.abs(limit);
  if (span === 0) return undefined;
  const left = increment >= 0 ? limit - last : last - limit;
  return Math.min(1, Math.max(0, left / span));
}

export const sequences: Check = {
  name: 'sequences',
  weight: 1.5,
  cheap: true,
  run({ sequences: part, at }, { earlier }) {
    if (part === undefined) return nothing;
    if (!isRead(part)) return notRead('sequences', part.missing);
    return { findings: part.value.flatMap((sequence) => graded(sequence, at, earlier)), notExamined: [] };
  },
};

function graded(sequence: SequenceState, at: number, earlier: EarlierCounters | undefined): readonly Finding[] {
  const free = freeShare(sequence);
  const severity = free === undefined ? undefined : grade(thresholds.sequenceFree, free);
  if (free === undefined || severity === undefined) return [];
  return [
    {
      id: free < thresholds.sequenceFree.critical ? 'sequence_exhausted_soon' : 'sequence_filling',
      severity,
      object: sequence.sequence,
      evidence: `${percent(free)} of ${sequence.type}${sequence.column === null ? '' : ` ${sequence.column}`} left, last value ${count(sequence.last ?? 0)}${timeLeft(sequence, at, earlier)}`,
      threshold: percent(figure(thresholds.sequenceFree, severity)),
      fix: 'Change the column, and every column that refers to it, to bigint',
    },
  ];
}

function timeLeft(sequence: SequenceState, at: number, earlier: EarlierCounters | undefined): string {
  const before = earlier?.sequences.find((one) => one.sequence === sequence.sequence)?.last;
  if (earlier === undefined || before === undefined || before === null || sequence.last === null) return '';
  const perMs = Math.abs(sequence.last - before) / (at - earlier.at);
  if (!(perMs > 0)) return '';
  return `, used up in about ${duration(Math.abs(sequence.limit - sequence.last) / perMs)} at the present rate`;
}
