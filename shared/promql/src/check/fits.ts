import type { Place } from '../syntax/ast.ts';
import type { ProblemDraft } from '../syntax/problem.ts';
import type { ValueType } from './signatures.ts';

export type Report = (place: Place, message: string, more?: Partial<ProblemDraft>) => void;

/** Whether a value of this type may stand where another is wanted. */
export function fits(type: ValueType, wanted: ValueType): boolean {
  return type === wanted || type === 'any' || wanted === 'any';
}

/** A type as messages name it. */
export function shownType(type: ValueType): string {
  return { vector: 'instant vector', matrix: 'range vector', scalar: 'scalar', string: 'string', any: 'value' }[type];
}
