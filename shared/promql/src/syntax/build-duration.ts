import type { SyntaxNode } from '@lezer/common';
import { parseDuration } from '../time/parse-time.ts';
import type { DurationText } from './ast.ts';
import { type BuildContext, originalOf, placeOf, textOf } from './build-context.ts';
import { isOrderedDuration, parseNumber } from './numbers.ts';

const mustBePositive = 'a duration must be greater than 0';

/** A range, step or offset. */
export function buildDuration(node: SyntaxNode, context: BuildContext, use: 'range' | 'step' | 'offset'): DurationText {
  const place = placeOf(node, context);
  const text = originalOf(node, context);
  if (context.source.replaced(node) !== undefined) return { ...place, text, ms: undefined };
  const written = textOf(node, context);
  const [, sign, plain] = /^([+-]?)\s*([\w.]+)$/.exec(written) ?? [];
  if (sign === '-' && use !== 'offset') {
    context.report({ ...place, code: 'syntax', message: mustBePositive });
    return { ...place, text, ms: undefined };
  }
  const isSigned = sign === '-';
  if (plain === undefined || (sign !== '' && !isSigned)) {
    context.report({ ...place, code: 'newer', message: 'an expression as a duration', since: '3.4' });
    return { ...place, text, ms: undefined };
  }
  const ms = plainMs(plain, node, context);
  if (ms === 0 && use !== 'offset') context.report({ ...place, code: 'syntax', message: mustBePositive });
  if (ms === 0 && use === 'offset')
    context.report({ ...place, code: 'newer', message: 'an offset of 0', since: '3.0' });
  return { ...place, text, ms: ms === undefined ? undefined : (isSigned ? -1 : 1) * ms };
}

function plainMs(text: string, node: SyntaxNode, context: BuildContext): number | undefined {
  const place = placeOf(node, context);
  const ms = parseDuration(text);
  if (ms !== undefined) {
    if (isOrderedDuration(text)) return ms;
    context.report({ ...place, code: 'syntax', message: 'units of a duration go from large to small, each once' });
    return undefined;
  }
  const number = parseNumber(text);
  if (number === undefined || !Number.isFinite(number.value)) {
    context.report({ ...place, code: 'syntax', message: 'not a duration', hint: 'Written as 30s, 5m, 1h or 1h30m.' });
    return undefined;
  }
  context.report({
    ...place,
    code: 'newer',
    message: 'a duration without a unit',
    since: '3.0',
    hint: 'Write 5m or 300s.',
  });
  return Math.round(number.value * 1000);
}
