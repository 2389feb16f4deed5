import type { Check } from './types.ts';

/** What the operator's own statements returned. */
export const own: Check = {
  name: 'own',
  weight: 1,
  cheap: true,
  run: (_reading, { ownChecks }) => ({
    findings: ownChecks.flatMap(({ name, expected, got }) =>
      got === expected
        ? []
        : [
            {
              id: 'own_check',
              severity: 'warning' as const,
              object: name,
              evidence: `returned ${got ?? 'nothing'}`,
              threshold: expected,
              fix: 'As the settings file says about this check',
            },
          ],
    ),
    notExamined: [],
  }),
};
