import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeKpis, kpiRows, type KpiReading } from './judge-kpis.ts';
import { daysBefore } from '../figures/shift.ts';
import { planKpi } from './kpi-plan.ts';

const hour = 3_600_000;
const day = 24 * hour;
const kpi = (over: Partial<KpiReading>): KpiReading => ({
  name: 'orders',
  unit: '',
  direction: 'up',
  basis: 'over 1d',
  value: 100,
  previous: 100,
  lastWeek: 100,
  ...over,
});

describe('how a query becomes a figure', () => {
  it('is one figure over the period where the query says $window', () => {
    expect(planKpi('sum(increase(orders_total{shop="a"}[$window]))', 7 * day)).toEqual({
      kind: 'end',
      query: 'sum(increase(orders_total{shop="a"}[7d]))',
      basis: 'over 7d',
      sources: ['orders_total{shop="a"}'],
    });
  });

  it('is one figure where the query itself looks back over most of the period, else a mean', () => {
    expect(planKpi('sum(increase(orders_total[1d]))', day)).toMatchObject({ kind: 'end' });
    expect(planKpi('sum(rate(orders_total[5m]))', day)).toMatchObject({ kind: 'mean', basis: 'mean of 1d' });
    expect(planKpi('max_over_time(sum(users)[12h:5m])', day)).toMatchObject({ kind: 'end' });
    expect(planKpi('sum(users', day)).toBeUndefined();
  });
});

describe('days by the calendar', () => {
  it('keep the clock time over changes of the clock', () => {
    const monday = Date.parse('2026-03-30T08:00:30Z'); // 10:00 in Berlin, the day after the change
    expect(new Date(daysBefore(monday, 1, 'Europe/Berlin')).toISOString()).toBe('2026-03-29T08:00:30.000Z');
    expect(new Date(daysBefore(monday, 2, 'Europe/Berlin')).toISOString()).toBe('2026-03-28T09:00:30.000Z');
    const autumn = Date.parse('2026-10-26T09:00:00Z'); // 10:00 again, two days after a 25-hour day began
    expect(autumn - daysBefore(autumn, 2, 'Europe/Berlin')).toBe(49 * hour);
  });

  it('are 24 hours where the clock never changes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1e12, max: 2e12 }), fc.integer({ min: 0, max: 31 }), (end, days) => {
        expect(end - daysBefore(end, days, 'Asia/Tokyo')).toBe(days * day);
      }),
    );
  });
});

describe('KPIs', () => {
  it('miss targets by their direction', () => {
    const [orders, latency] = kpiRows([
      kpi({ target: 120 }),
      kpi({ name: 'latency', direction: 'down', value: 2, target: 3, previous: 2, lastWeek: 2 }),
    ]);
    expect([orders!.gap, latency!.gap]).toEqual([20, -1]);
    expect(judgeKpis([orders!, latency!])).toMatchObject([{ id: 'kpi_target_missed', object: 'orders' }]);
  });

  it('are worse only where the day before and the week before agree', () => {
    const ids = (over: Partial<KpiReading>) => judgeKpis(kpiRows([kpi(over)])).map(({ id }) => id);
    expect(ids({ value: 70 })).toEqual(['kpi_worse']);
    expect(ids({ value: 70, lastWeek: 70 })).toEqual([]);
    expect(ids({ value: 70, lastWeek: undefined })).toEqual([]);
    expect(ids({ value: 70, floor: 200 })).toEqual([]);
    expect(ids({ value: 70, direction: 'down' })).toEqual([]);
    expect(ids({ value: 130, direction: 'down' })).toEqual(['kpi_worse']);
  });

  it('never find anything where there is no value', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.constantFrom('up', 'down'), (target, direction) => {
        expect(judgeKpis(kpiRows([kpi({ value: undefined, target, direction })]))).toEqual([]);
      }),
    );
  });

  it('mirror: a rise of what should fall is as bad as the fall of what should rise', () => {
    const value = fc.double({ min: 0.1, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(value, value, value, value, (now, previous, lastWeek, target) => {
        const up = judgeKpis(kpiRows([kpi({ value: now, previous, lastWeek, target })]));
        const down = judgeKpis(
          kpiRows([kpi({ direction: 'down', value: -now, previous: -previous, lastWeek: -lastWeek, target: -target })]),
        );
        expect(down.map(({ id }) => id)).toEqual(up.map(({ id }) => id));
      }),
    );
  });
});
