import { type SideServer, startAlertmanager } from '@cinecom/testbed';
import { describeWithEachPrometheus } from '@cinecom/testbed/vitest';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openBackend } from './support/backend.ts';
import { openBinary } from './support/binary.ts';
import { cinemaPrometheus } from './support/cinema.ts';

const rules = `
groups:
  - name: cinema
    rules:
      - alert: TargetDown
        expr: up == 0
        labels: { severity: critical }
        annotations: { summary: '{{ $labels.job }} に届かない' }
      - alert: SeatsLow
        expr: vector(1)
        labels: { severity: warning, hall: '東京 1' }
      - alert: Waits
        expr: vector(1)
        for: 1h
        labels: { severity: warning }
`;

let alertmanager: SideServer;
const started = startAlertmanager();
afterAll(async () => (await started).stop());

const options = async () => {
  alertmanager = await started;
  return cinemaPrometheus({
    targets: { gone: ['127.0.0.1:1', '127.0.0.1:2'] },
    alertmanager: alertmanager.url.replace('http://', ''),
    rules,
  });
};

/** Muted by Alertmanager's own account. */
async function mutedNow(): Promise<readonly string[]> {
  const reply = await fetch(`${alertmanager.url}/api/v2/alerts`);
  const all = (await reply.json()) as { labels: { alertname: string; instance?: string }; status: { state: string } }[];
  return all
    .filter(({ status }) => status.state === 'suppressed')
    .map(({ labels }) => `${labels.alertname} ${labels.instance ?? ''}`.trim())
    .toSorted();
}

const confirmIn = (text: string): string => /plan_[\w-]+/.exec(text)?.[0] ?? '';
const idIn = (text: string): string => /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(text)?.[0] ?? '';

describe('alerts and silences', () => {
  describeWithEachPrometheus(options, 'of a real Alertmanager', ({ server }) => {
    const open = (...argv: readonly string[]) => openBinary(server().url, { argv: ['--allow', 'write', ...argv] });
    type Client = Awaited<ReturnType<typeof open>>;

    async function change(client: Client, args: Readonly<Record<string, unknown>>): Promise<string> {
      const plan = await client.ask('prom_silence', args);
      return client.ask('prom_silence', { ...args, confirm: confirmIn(plan) });
    }

    beforeEach(async () => {
      await vi.waitFor(async () => {
        const reply = await fetch(`${alertmanager.url}/api/v2/alerts`);
        const labels = ((await reply.json()) as { labels: { alertname: string } }[]).map((one) => one.labels.alertname);
        const { alerts } = (await server().ask('alerts')) as { alerts: readonly unknown[] };
        if (labels.toSorted().join(' ') !== 'SeatsLow TargetDown TargetDown' || alerts.length !== 4)
          throw new Error(`not yet: ${labels.join(' ')}, ${alerts.length} in Prometheus`);
      }, 15_000);
    });

    it('shows one row an alert, critical first, with what each side knows', async () => {
      await using client = await open();
      const answer = await client.ask('prom_alerts', { groupBy: 'job' });
      expect(answer).toMatch(/^CRITICAL: 3 alerts firing unsilenced, 1 other\n/);
      expect(answer).toContain('`2 instances since ');
      expect(answer).toContain('gone に届かない');
      const order = [...answer.matchAll(/^\|`(\w+)`\|`(critical|warning)`\|(\w+)\|/gm)].map(
        ([, name, , state]) => `${name} ${state}`,
      );
      expect(order).toEqual(['TargetDown firing', 'TargetDown firing', 'SeatsLow firing', 'Waits pending']);
      expect(answer).not.toContain('environment='); // external labels are the server's, not the alert's
      expect(answer).toContain('|`gone`|2|2|');
    });

    it('counts by a label whose name every object has, as one that no alert has', async () => {
      await using client = await open();
      expect(await client.ask('prom_alerts', { groupBy: 'constructor' })).toMatch(
        /\|value\|firing\|all\|\n[^\n]*\n\|`\(none\)`\|3\|4\|/,
      );
    });

    it('mutes exactly what the plan said, and expiry brings it back', async () => {
      await using client = await open();
      const args = {
        op: 'create',
        matchers: '{alertname="TargetDown", instance="127.0.0.1:1"}',
        comment: '入れ替え中 (ken)',
      };
      const plan = await client.ask('prom_silence', args);
      expect(plan).toContain('mutes 1 alert of 1 name, 1 of them critical');
      expect(plan).toContain('1 critical alert will wake nobody');
      const done = await client.ask('prom_silence', { ...args, confirm: confirmIn(plan) });
      expect(done).toContain('1 of 1 matching alert muted by it.');
      expect(await mutedNow()).toEqual(['TargetDown 127.0.0.1:1']);
      const listed = await client.ask('prom_alerts', { show: 'silences' });
      expect(listed).toContain('入れ替え中 (ken)');
      expect(await client.ask('prom_alerts', { state: 'silenced' })).toContain(idIn(done));
      const gone = await change(client, { op: 'expire', id: idIn(done) });
      expect(gone).toContain('1 matching alert can be heard again.');
      expect(await mutedNow()).toEqual([]);
      expect((await client.refusal('prom_silence', { op: 'expire', id: idIn(done) })).code).toBe('backend_not_found');
    });

    it('extends, and tells both ids', async () => {
      await using client = await open();
      const done = await change(client, {
        op: 'create',
        matchers: '{alertname="SeatsLow"}',
        duration: '10m',
        comment: 'for a test',
      });
      const extended = await change(client, { op: 'extend', id: idIn(done), duration: '2h' });
      expect(extended).toContain('1 of 1 matching alert muted by it.');
      const backend = await openBackend({ url: server().url });
      const kept = await backend.alertmanagers.silence(idIn(extended), new AbortController().signal);
      await backend.close();
      expect((kept?.endsAt ?? 0) - Date.now()).toBeGreaterThan(115 * 60_000);
      await change(client, { op: 'expire', id: idIn(extended) });
      expect(await mutedNow()).toEqual([]);
    });

    it.each([
      [{ matchers: '{alertname=~".*"}', comment: 'everything' }, 'match every alert'],
      [{ matchers: '{alertname=""}', comment: 'nothing' }, 'match every alert'],
      [{ matchers: '{alertname="TargetDown"}' }, 'comment is missing'],
      [{ matchers: '{alertname="TargetDown"}', comment: 'long', duration: '3d' }, 'the longest is 1d'],
      [{ matchers: 'TargetDown', comment: 'no braces' }, 'no label selector'],
      [{ comment: 'no matchers' }, 'matchers are missing'],
    ])('refuses %j', async (args, says) => {
      await using client = await open();
      const refusal = await client.refusal('prom_silence', { op: 'create', ...args });
      expect(refusal).toMatchObject({ code: 'invalid_input', text: expect.stringContaining(says) as string });
    });

    it('refuses what mutes too much', async () => {
      await using client = await open('--silence-max-alerts', '1');
      const refusal = await client.refusal('prom_silence', {
        op: 'create',
        matchers: '{severity=~"critical|warning"}',
        comment: 'all',
      });
      expect(refusal).toMatchObject({
        code: 'too_many_targets',
        text: expect.stringContaining('would mute 3 alerts; the most is 1') as string,
      });
    });
  });
});
