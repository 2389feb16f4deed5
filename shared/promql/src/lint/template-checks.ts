import { canHave, labelsOf } from '../check/labels-of.ts';
import { readTemplate } from './template-parts.ts';
import { shown } from './shown.ts';
import type { Check, LintDraft } from './types.ts';

/** Syntax of templates, and labels that the expression does not have. */
export const templates: Check = ({ rule, expr }) => {
  if (rule.kind !== 'alert') return [];
  const labels = labelsOf(expr);
  return texts(rule).flatMap(({ under, text }): readonly LintDraft[] => {
    const facts = readTemplate(text);
    const broken = facts.problems.slice(0, 3).map((problem): LintDraft => ({
      id: 'template',
      severity: 'error',
      under,
      text: `the template is broken: ${problem}`,
      fix: 'Prometheus would send an error text in place of it; see the template reference of Prometheus.',
    }));
    const gone = [...new Set(facts.labels)].filter((label) => !canHave(labels, label));
    return [
      ...broken,
      ...gone.map((label): LintDraft => ({
        id: 'template_label',
        severity: 'warning',
        under,
        text: `the template uses the label ${shown(label)}, which the expression does not keep`,
        fix: `Keep it: by (…, ${label}), or take it out of the template.`,
      })),
    ];
  });
};

/** A label that changes with every evaluation makes a new alert each time. */
export const changingLabels: Check = ({ rule }) => {
  if (rule.kind !== 'alert') return [];
  return Object.entries(rule.labels).flatMap(([label, text]): readonly LintDraft[] => {
    const { usesValue, usesTime } = readTemplate(text);
    if (!usesValue && !usesTime) return [];
    return [
      {
        id: 'value_in_label',
        severity: rule.forMs > 0 ? 'error' : 'warning',
        under: `labels.${label}`,
        text: `the label ${shown(label)} holds the ${usesValue ? 'value' : 'time'}: each change is another alert${rule.forMs > 0 ? ', so for hardly ever passes' : ''}`,
        fix: 'Put it into an annotation.',
      },
    ];
  });
};

function texts({
  labels,
  annotations,
}: {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}): readonly { readonly under: string; readonly text: string }[] {
  return [
    ...Object.entries(labels).map(([name, text]) => ({ under: `labels.${name}`, text })),
    ...Object.entries(annotations).map(([name, text]) => ({ under: `annotations.${name}`, text })),
  ];
}
