import { describe, expect, it } from 'vitest';
import { compareShares } from './compare-shares.ts';

describe('compareShares', () => {
  it('takes the G-test for large counts and the exact one where an expected count is below 5', () => {
    // SciPy 1.17.1, chi2_contingency(lambda_='log-likelihood', correction=False)
    const large = compareShares({ count: 120, total: 1000 }, { count: 80, total: 1000 });
    expect(large).toMatchObject({ first: 0.12, second: 0.08, method: 'G-test' });
    expect(large.ratio).toBeCloseTo(1.5, 12);
    expect(large.p).toBeCloseTo(0.0027850935341876787, 10);
    expect(compareShares({ count: 3, total: 10 }, { count: 1, total: 30 })).toMatchObject({ method: 'exact' });
  });

  it('says nothing about an empty side', () => {
    expect(compareShares({ count: 0, total: 0 }, { count: 3, total: 9 })).toMatchObject({ p: 1, first: 0 });
    expect(compareShares({ count: 3, total: 9 }, { count: 0, total: 0 })).toMatchObject({ p: 1, ratio: undefined });
  });
});
