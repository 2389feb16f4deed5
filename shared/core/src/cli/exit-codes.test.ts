import { describe, expect, it } from 'vitest';
import type { Answer } from '../call/request.ts';
import type { ErrorCode } from '../errors/catalogue.ts';
import { exitCodeOfAnswer, exitCodes } from './exit-codes.ts';

const answer = (more: Partial<Answer>): Answer => ({
  kind: 'answer',
  outcome: 'success',
  text: '',
  images: [],
  meta: {},
  ...more,
});
const failed = (code: ErrorCode, applied: 'yes' | 'no' | 'unknown' = 'no') =>
  answer({ error: { code, retryable: false, applied } });

describe('exit codes', () => {
  it('are pinned', () => {
    expect(exitCodes).toEqual({
      ok: 0,
      toolError: 1,
      usage: 2,
      refused: 3,
      planWaits: 4,
      unreachable: 5,
      outcomeUnknown: 6,
      warning: 10,
      critical: 11,
      interrupted: 130,
    });
  });

  it('tell errors apart, and an unknown outcome before all', () => {
    const codes = [
      'backend_error',
      'invalid_input',
      'not_configured',
      'not_allowed',
      'stale_plan',
      'backend_unreachable',
      'cancelled',
    ] as const;
    expect(codes.map((code) => exitCodeOfAnswer(failed(code), undefined))).toEqual([1, 2, 2, 3, 4, 5, 130]);
    expect(exitCodeOfAnswer(failed('cancelled', 'unknown'), 'critical')).toBe(6);
    expect(exitCodeOfAnswer(answer({ outcome: 'planned', confirm: 'plan_x' }), undefined)).toBe(4);
    expect(exitCodeOfAnswer(answer({ outcome: 'planned' }), undefined)).toBe(0);
  });

  it('judge a verdict only when asked to, and never take unknown for ok', () => {
    const judge = (failOn: 'warning' | 'critical' | undefined) =>
      ['ok', 'unknown', 'warning', 'critical'].map((verdict) => exitCodeOfAnswer(answer({ verdict }), failOn));
    expect(judge(undefined)).toEqual([0, 0, 0, 0]);
    expect(judge('warning')).toEqual([0, 10, 10, 11]);
    expect(judge('critical')).toEqual([0, 0, 0, 11]);
  });
});
