import { type Figure, reached } from './figure.ts';

/** Figures as a Markdown table: figure, value, target, whether it was reached, how it was measured. */
export function figuresTable(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => {
    const mark = { true: 'reached', false: '**missed**', undefined: '' }[String(reached(figure))] ?? '';
    return `| ${figure.name} | ${amount(figure.value)} ${figure.unit} | ${targetOf(figure)} | ${mark} | ${figure.how} |`;
  });
  return ['| figure | measured | target | | how |', '|---|---|---|---|---|', ...rows].join('\n');
}

function targetOf({ target, unit }: Figure): string {
  if (target === undefined) return '';
  return 'atMost' in target ? `≤ ${amount(target.atMost)} ${unit}` : `≥ ${amount(target.atLeast)} ${unit}`;
}

function amount(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString('en-US');
  return Number(value.toPrecision(3)).toString();
}
