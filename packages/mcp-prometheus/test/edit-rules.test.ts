import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BuiltClient, errorOf, tempState } from '@cinecom/mcp-core/testing';
import { type PrometheusServer, startPrometheus } from '@cinecom/testbed';
import { describeWithEachPrometheus } from '@cinecom/testbed/vitest';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { openBinary } from './support/binary.ts';

const original = `# 当直: ken
groups:
  # what the cinema sells
  - name: cinema
    interval: 1s
    rules:
      # somebody thought about this number
      - alert: SeatsLow
        expr: vector(3) > 5   # five is few
        labels: { severity: warning }
        annotations:
          summary: 席が少ない
      - record: cinema:up:sum
        expr: sum(up)

  - name: other
    rules:
      - alert: Never
        expr: vector(0) > 1
        labels: { severity: warning }
`;

const config = `
global: { scrape_interval: 1s, evaluation_interval: 1s, external_labels: { site: tokyo } }
rule_files: [rules/*.yml]
scrape_configs: [{ job_name: prometheus, static_configs: [{ targets: ['127.0.0.1:{port}'] }] }]
`;

const rule = `
alert: QueueLong
expr: vector(7) > 5
labels:
  severity: warning
annotations:
  summary: 列が長い
  runbook_url: https://runbooks.example.com/queue
`;

const planOf = (text: string): string => /plan_[\w-]+/.exec(text)?.[0] ?? '';

function bedOf(server: () => PrometheusServer) {
  const folder = () => join(server().folder, 'rules');
  const file = () => join(folder(), 'cinema.yml');
  return {
    file,
    text: () => readFileSync(file(), 'utf8'),
    async reset() {
      mkdirSync(folder(), { recursive: true });
      for (const name of readdirSync(folder())) if (name !== 'cinema.yml') throw new Error(`left behind: ${name}`);
      writeFileSync(file(), original, { mode: 0o640 });
      chmodSync(file(), 0o640);
    },
    open: ({ mode = 'apply', settings }: { readonly mode?: string; readonly settings?: string } = {}) =>
      openBinary(server().url, {
        argv: ['--allow', 'write', '--config', server().configFile, '--rules-mode', mode].concat(
          settings === undefined ? [] : ['--settings', settings],
        ),
      }),
    async running() {
      const { groups } = (await server().ask('rules')) as { groups: { rules: { name: string; query: string }[] }[] };
      return groups.flatMap(({ rules }) => rules.map(({ name, query }) => `${name}: ${query}`));
    },
  };
}

const before = ['SeatsLow: vector(3) > 5', 'cinema:up:sum: sum(up)', 'Never: vector(0) > 1'];

async function change(client: BuiltClient, args: Readonly<Record<string, unknown>>): Promise<string> {
  const plan = await client.ask('prom_edit_rules', args);
  return client.ask('prom_edit_rules', { ...args, confirm: planOf(plan) });
}

describe('prom_edit_rules', () => {
  describeWithEachPrometheus({ config }, 'with reload over HTTP', ({ server }) => {
    const bed = bedOf(server);
    beforeEach(async () => {
      await bed.reset();
      await server().reload();
    });

    it('adds a rule, keeps every other byte, and sees it run', async () => {
      await using client = await bed.open();
      const args = { op: 'add', group: 'cinema', rule, comment: '列の監視' };
      const plan = await client.ask('prom_edit_rules', args);
      expect(plan).toContain('`+      - alert: QueueLong`');
      expect(plan).toMatch(/Over the last day it would have fired 1 time/);
      expect(bed.text()).toBe(original);
      const done = await client.ask('prom_edit_rules', { ...args, confirm: planOf(plan) });
      expect(done).toMatch(
        /^Done: add of `QueueLong` in [^]*checked by promtool, loaded \(by lifecycle\) and seen running as planned/,
      );
      const [above, below] = original.split('\n\n  - name: other');
      const added = rule
        .trim()
        .split('\n')
        .map((line, index) => `      ${index === 0 ? '- ' : '  '}${line}`)
        .join('\n');
      expect(bed.text()).toBe(`${above}\n${added}\n\n  - name: other${below}`);
      expect(await bed.running()).toContain('QueueLong: vector(7) > 5');
    });

    it('changes one rule and nothing around it, and takes it back from the backup', async () => {
      await using client = await bed.open();
      const changed =
        'alert: SeatsLow\nexpr: vector(3) > 2\nlabels: { severity: warning }\nannotations: { summary: 席が少ない, runbook_url: "https://r.example.com" }';
      const done = await change(client, { op: 'update', rule: changed });
      expect(bed.text()).toContain(
        '      # somebody thought about this number\n      - alert: SeatsLow\n        expr: vector(3) > 2   # five is few\n',
      );
      expect(bed.text().startsWith('# 当直: ken\n')).toBe(true);
      expect(await bed.running()).toEqual(['SeatsLow: vector(3) > 2', ...before.slice(1)]);
      const backup = /"name":"([^"]+)"/.exec(done)?.[1];
      expect(await change(client, { op: 'restore', name: backup })).toContain('Done: restore of');
      expect(bed.text()).toBe(original);
      expect(await bed.running()).toEqual(before);
    });

    it('deletes a rule', async () => {
      await using client = await bed.open();
      await change(client, { op: 'delete', name: 'SeatsLow' });
      expect(await bed.running()).toEqual(before.slice(1));
      expect(bed.text()).toContain('# somebody thought about this number\n      - record: cinema:up:sum');
    });

    it('makes a group where there is none', async () => {
      await using client = await bed.open();
      await change(client, { op: 'add', group: 'new', rule });
      expect(bed.text()).toContain('\n  - name: "new"\n    rules:\n      - alert: QueueLong\n');
      expect(await bed.running()).toContain('QueueLong: vector(7) > 5');
    });

    it.each([
      [{ op: 'add', group: 'cinema', rule: 'alert: X\nexpr: rate(up' }, 'the rule has an error: syntax'],
      [{ op: 'add', group: 'cinema', rule: 'alert: X\nexpr: sum(up[5m])' }, 'the rule has an error'],
      [{ op: 'add', group: 'cinema', rule: 'alert: X\nexpression: up' }, 'rule is not read at line'],
      [{ op: 'add', rule }, 'group is missing'],
      [{ op: 'add', group: 'cinema' }, 'rule is missing'],
      [{ op: 'update', rule: 'alert: Nobody\nexpr: up == 0' }, 'no rule file holds such a rule'],
      [{ op: 'delete' }, 'no rule file holds such a rule'],
      [{ op: 'delete', name: 'Never' }, 'only rule of its group'],
      [{ op: 'restore', name: 'x' }, 'name is no backup'],
    ])('refuses %j', async (args, says) => {
      await using client = await bed.open();
      const refusal = await client.refusal('prom_edit_rules', args);
      expect(refusal).toMatchObject({ code: 'invalid_input', text: expect.stringContaining(says) as string });
      expect(bed.text()).toBe(original);
    });

    it('does not touch what changed since the plan', async () => {
      await using client = await bed.open();
      const args = { op: 'delete', name: 'SeatsLow' };
      const plan = await client.ask('prom_edit_rules', args);
      writeFileSync(bed.file(), original.replace('five is few', 'six'));
      expect((await client.refusal('prom_edit_rules', { ...args, confirm: planOf(plan) })).code).toBe('stale_plan');
      expect(bed.text()).toContain('six');
    });

    it('lets one of two edits at once happen, and tells the other', async () => {
      await using one = await bed.open();
      await using two = await bed.open();
      const [first, second] = [
        { op: 'delete', name: 'SeatsLow' },
        { op: 'add', group: 'cinema', rule },
      ];
      const plans = [await one.ask('prom_edit_rules', first), await two.ask('prom_edit_rules', second)];
      await one.ask('prom_edit_rules', { ...first, confirm: planOf(plans[0] ?? '') });
      expect((await two.refusal('prom_edit_rules', { ...second, confirm: planOf(plans[1] ?? '') })).code).toBe(
        'stale_plan',
      );
      expect(await bed.running()).toEqual(before.slice(1));
    });

    it('lets one of two edits at the same moment happen, whole', async () => {
      await using one = await bed.open();
      await using two = await bed.open();
      const first = { op: 'delete', name: 'SeatsLow' };
      const second = { op: 'add', group: 'cinema', rule };
      const plans = [await one.ask('prom_edit_rules', first), await two.ask('prom_edit_rules', second)];
      const answers = await Promise.all([
        one.call('prom_edit_rules', { ...first, confirm: planOf(plans[0] ?? '') }),
        two.call('prom_edit_rules', { ...second, confirm: planOf(plans[1] ?? '') }),
      ]);
      const done = answers.map(({ isError }) => isError !== true);
      expect(done.filter(Boolean)).toHaveLength(1);
      const code = errorOf(answers[done.indexOf(false)]!)?.code;
      expect(['stale_plan', 'busy']).toContain(code);
      expect(await bed.running()).toEqual(
        done[0] ? before.slice(1) : [...before.slice(0, 2), 'QueueLong: vector(7) > 5', ...before.slice(2)],
      );
      expect(readdirSync(join(server().folder, 'rules'))).toEqual(['cinema.yml']);
    });

    it('respects a file that is read-only, one outside, one that no pattern matches, and a link that leaves', async () => {
      await using client = await bed.open();
      chmodSync(bed.file(), 0o440);
      const args = { op: 'delete', name: 'SeatsLow' };
      expect(await client.refusal('prom_edit_rules', args)).toMatchObject({ code: 'backend_forbidden' });
      chmodSync(bed.file(), 0o640);
      expect(await client.refusal('prom_edit_rules', { ...args, file: '/etc/passwd' })).toMatchObject({
        code: 'out_of_scope',
      });
      const link = join(server().folder, 'rules', 'link.yml');
      symlinkSync('/etc/passwd', link);
      expect(await client.refusal('prom_edit_rules', { ...args, file: link })).toMatchObject({ code: 'out_of_scope' });
      rmSync(link);
      expect(bed.text()).toBe(original);
    });

    it('writes nothing under propose, and shows all that is needed', async () => {
      await using client = await bed.open({ mode: 'propose' });
      const done = await change(client, { op: 'add', group: 'cinema', rule });
      expect(done).toMatch(/^Nothing was written: --rules-mode is propose\./);
      expect(done).toContain('`+      - alert: QueueLong`');
      expect(bed.text()).toBe(original);
    });

    it('does not edit files of another server', async () => {
      const other = await startPrometheus();
      onTestFinished(() => other.stop());
      await using client = await openBinary(other.url, {
        argv: ['--allow', 'write', '--config', server().configFile, '--rules-mode', 'apply'],
      });
      expect(await client.refusal('prom_edit_rules', { op: 'delete', name: 'SeatsLow' })).toMatchObject({
        code: 'not_allowed',
        text: expect.stringContaining('external_labels') as string,
      });
    });

    it('puts the old file back where the new rule fails when it runs', async () => {
      await using client = await bed.open();
      // two results with the same labels: promtool and the server take it, and its evaluation fails
      const failing =
        'alert: Same\nexpr: label_replace(vector(1), "n", "a", "", "") or label_replace(vector(1), "n", "b", "", "")\nlabels: { n: one, severity: warning }\nannotations: { summary: x }';
      const args = { op: 'add', group: 'cinema', rule: failing };
      const plan = await client.ask('prom_edit_rules', args);
      const refusal = await client.refusal('prom_edit_rules', { ...args, confirm: planOf(plan) });
      expect(refusal.text).toMatch(
        /backend_error[^]*after the reload the rule fails when it is evaluated; the file is as before and its rules are loaded/,
      );
      expect(bed.text()).toBe(original);
      expect(await bed.running()).toEqual(before);
    });
  });

  describeWithEachPrometheus({ config, lifecycle: false }, 'without reload over HTTP', ({ server }) => {
    const bed = bedOf(server);
    beforeEach(() => bed.reset());

    it('leaves the old file and the old rules, and says what to set', async () => {
      await using client = await bed.open();
      const args = { op: 'delete', name: 'SeatsLow' };
      const plan = await client.ask('prom_edit_rules', args);
      const refusal = await client.refusal('prom_edit_rules', { ...args, confirm: planOf(plan) });
      expect(refusal.text).toMatch(
        /backend_forbidden[^]*the file is as before and Prometheus runs on the rules that it had\n[^]*reloadCommand/,
      );
      expect(bed.text()).toBe(original);
    });

    it('finds an edit that was cut off after the file was replaced, and takes it back', async () => {
      const state = await tempState();
      onTestFinished(() => state.remove());
      const open = (command: readonly string[]) => {
        const settings = join(server().folder, 'settings.yaml');
        writeFileSync(settings, `reloadCommand: ${JSON.stringify(command)}\n`);
        const argv = ['--allow', 'write', '--config', server().configFile, '--rules-mode', 'apply'];
        return openBinary(server().url, { argv: [...argv, '--settings', settings], state });
      };
      const args = { op: 'delete', name: 'SeatsLow' };
      const loaded = await bed.running();
      {
        await using client = await open(['/bin/sleep', '5']); // as if it took long to reload
        const plan = await client.ask('prom_edit_rules', args);
        const answer = client.call('prom_edit_rules', { ...args, confirm: planOf(plan) }).catch(() => undefined);
        await vi.waitFor(() => expect(bed.text()).not.toBe(original), 10_000);
        client.server.kill('SIGKILL');
        await answer;
      }
      expect(await bed.running()).toEqual(loaded); // the old ones, though the file is new
      const pid = readFileSync(join(server().folder, 'server.pid'), 'utf8').trim();
      await using next = await open(['/bin/kill', '-HUP', pid]);
      const overview = await next.ask('prom_overview');
      expect(overview).toContain('|warning|edit_cut_off|');
      const name = /prom_edit_rules \{"op":"restore","name":"([^"]+)"/.exec(overview)?.[1];
      await change(next, { op: 'restore', name });
      expect(bed.text()).toBe(original);
      expect(await bed.running()).toEqual(before);
      expect(await next.ask('prom_overview')).not.toContain('edit_cut_off');
    });

    it('finishes what was begun when the call is given up after the file was replaced', async () => {
      const pid = readFileSync(join(server().folder, 'server.pid'), 'utf8').trim();
      const slowly = join(server().folder, 'reload-slowly');
      writeFileSync(slowly, `#!/bin/sh\nsleep 4\nkill -HUP ${pid}\n`, { mode: 0o755 });
      const settings = join(server().folder, 'settings.yaml');
      writeFileSync(settings, `reloadCommand: [${slowly}]\n`);
      await using client = await bed.open({ settings });
      const args = { op: 'add', group: 'cinema', rule };
      const plan = await client.ask('prom_edit_rules', args);
      const giveUp = new AbortController();
      const call = client.call('prom_edit_rules', { ...args, confirm: planOf(plan) }, { signal: giveUp.signal });
      const givenUp = call.then(
        () => false,
        () => true,
      );
      await vi.waitFor(() => expect(bed.text()).not.toBe(original), 10_000);
      giveUp.abort();
      expect(await givenUp).toBe(true);
      await vi.waitFor(async () => expect(await bed.running()).toContain('QueueLong: vector(7) > 5'), 15_000);
      expect(bed.text()).toContain('- alert: QueueLong');
      await vi.waitFor(async () => expect(await client.ask('prom_overview')).not.toContain('edit_cut_off'), 15_000);
    });

    it('takes all back where the command does not lead to a reload', async () => {
      const settings = join(server().folder, 'settings.yaml');
      writeFileSync(settings, 'reloadCommand: [/bin/true]\n');
      await using client = await bed.open({ settings });
      const args = { op: 'delete', name: 'SeatsLow' };
      const plan = await client.ask('prom_edit_rules', args);
      const refusal = await client.refusal('prom_edit_rules', { ...args, confirm: planOf(plan) });
      expect(refusal.code).toBe('backend_error');
      expect(refusal.text).toContain('the server has not reloaded; the file is as before');
      expect(bed.text()).toBe(original);
    });

    it('runs the command of the settings instead, without a shell', async () => {
      const pid = readFileSync(join(server().folder, 'server.pid'), 'utf8').trim();
      const settings = join(server().folder, 'settings.yaml');
      writeFileSync(settings, `reloadCommand: [/bin/kill, -HUP, '${pid}']\n`);
      await using client = await bed.open({ settings });
      const args = { op: 'add', group: 'cinema', rule };
      const plan = await client.ask('prom_edit_rules', args);
      const done = await client.ask('prom_edit_rules', { ...args, confirm: planOf(plan) });
      expect(done).toContain('loaded (by command) and seen running as planned');
      expect(await bed.running()).toContain('QueueLong: vector(7) > 5');
    });
  });
});
