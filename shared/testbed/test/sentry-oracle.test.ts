import { expect, test } from 'vitest';
import type { Level } from '../src/sentry/world/model.ts';
import { openOracle } from '../src/sentry/oracle/oracle.ts';
import { ask } from './sentry-client.ts';
import { doubles } from './sentry-double.ts';

const start = doubles();

test.skipIf(openOracle() === undefined)(
  'the API document judges paths, queries, bodies and the answers of the double',
  async () => {
    const double = await start();
    const issue = double.world.addIssue('a');
    await ask(double, 'issues/?query=&sort=loudest');
    await ask(double, 'events/?dataset=errors&field=title&per_page=many');
    await ask(double, `issues/?id=${issue.id}`, { method: 'PUT', body: { hasSeen: 'yes' } });
    await ask(double, 'workflows/', { method: 'POST', body: { name: 'x', triggers: { conditions: [] } } });
    expect(double.violations).toEqual([
      expect.stringMatching(/^request GET .*query\/sort must be equal to one of the allowed values/),
      expect.stringMatching(/^request GET .*query\/per_page must be integer/),
      expect.stringMatching(/^request PUT .*body\/hasSeen must be boolean/),
      expect.stringMatching(/^request POST .*body\/triggers must have required property 'logic_type'/),
    ]);
    issue.level = 'loud' as Level;
    await ask(double, `issues/${issue.id}/`);
    expect(double.violations.slice(4)).toEqual([
      expect.stringMatching(/^answer GET .*answer\/level must be equal to one of the allowed values/),
    ]);
  },
);
