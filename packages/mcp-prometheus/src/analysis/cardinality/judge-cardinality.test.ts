import { describe, expect, it } from 'vitest';
import { type CardinalityReading, judgeCardinality } from './judge-cardinality.ts';

const calm: CardinalityReading = {
  total: 100_000,
  metrics: [{ name: 'a', series: 900, labels: [{ label: 'path', values: 900 }], isUsed: false }],
  added: [{ job: 'api', series: 1000 }],
  samplesNow: 1000,
  samplesBefore: 900,
};

const ids = (reading: Partial<CardinalityReading>) => judgeCardinality({ ...calm, ...reading }).map(({ id }) => id);

describe('the number of series', () => {
  it('is fine where no limit is reached', () => {
    expect(ids({})).toEqual([]);
  });

  it('is told by metric and label from the limits on', () => {
    const metric = (series: number, isUsed: boolean | undefined, values: number) => ({
      metrics: [{ name: 'a', series, isUsed, labels: [{ label: 'user', values }] }],
    });
    expect(ids(metric(20_000, true, 5))).toEqual(['metric_dominates']);
    expect(ids(metric(19_000, true, 5))).toEqual([]);
    expect(ids(metric(1000, false, 5))).toEqual(['metric_unused']);
    expect(ids(metric(1000, undefined, 5))).toEqual([]);
    expect(ids(metric(1000, true, 1000))).toEqual(['label_unbounded']);
  });

  it('is told where it grows or churns, the worst job first', () => {
    const found = judgeCardinality({
      ...calm,
      added: [
        { job: 'api', series: 4000 },
        { job: 'web', series: 16_000 },
      ],
      samplesNow: 1500,
      samplesBefore: 1000,
    });
    expect(found.map(({ id, object }) => `${id} ${object}`)).toEqual(['churn web', 'growth all targets']);
    expect(ids({ samplesBefore: undefined, total: undefined })).toEqual([]);
  });
});
