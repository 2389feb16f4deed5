import type { Place } from './ast.ts';

/** Something wrong, or only possible on newer servers, with its place in the text as it was given. */
export interface Problem extends Place {
  readonly code: 'syntax' | 'type' | 'string' | 'number' | 'regex' | 'newer' | 'too_deep';
  /** Contains at most short pieces of the text, in double quotes. */
  readonly message: string;
  /** How to write it. */
  readonly hint?: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in characters. */
  readonly column: number;
  /** Of `newer` only: the version that has it no more. */
  readonly until?: string;
  /** Of `newer` only: the version that knows it; `unknown` for a function that this library does not know. */
  readonly since?: string;
}

/** 1-based line and column of an offset. */
export function lineColumn(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - lineStart + 1 };
}

export type ProblemDraft = Omit<Problem, 'line' | 'column'>;

/** Adds line and column. */
export function placeProblem(text: string, draft: ProblemDraft): Problem {
  return { ...draft, ...lineColumn(text, draft.from) };
}

/** A piece of an expression for a message: on one line and short. */
export function piece(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return `"${line.length > 40 ? `${line.slice(0, 37)}…` : line}"`;
}
