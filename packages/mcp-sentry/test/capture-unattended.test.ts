import { tempState } from '@cinecom/mcp-core/testing';
import { startSentry } from '@cinecom/testbed';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openBinary, runCommand } from './support/binary.ts';
import { captured } from './support/captured.ts';
import { fillCinema } from './support/cinema.ts';

const capture = 'sentry_capture_event';

describe('unattended', () => {
  /** As Alertmanager posts it. */
  const webhook = {
    version: '4',
    status: 'firing',
    receiver: 'sentry',
    groupLabels: { alertname: 'DiskWillFill' },
    commonLabels: { alertname: 'DiskWillFill', instance: '10.0.0.5:9100', severity: 'critical' },
    commonAnnotations: { summary: 'ディスクが 4 時間で満杯' },
    externalURL: 'https://alertmanager.example.com',
  };
  const argumentsOf = ({ status, commonLabels, commonAnnotations, externalURL }: typeof webhook) =>
    JSON.stringify({
      title: commonAnnotations.summary,
      state: status,
      level: 'error',
      fingerprint: Object.values(webhook.groupLabels),
      tags: commonLabels,
      link: externalURL,
    });
  const argv = ['call', capture, '--args', '-', '--allow', 'write', '--confirm', 'never'];

  async function bed() {
    const sentry = await startSentry();
    const state = await tempState();
    onTestFinished(async () => {
      await state.remove();
      await sentry.stop();
      expect(sentry.violations).toEqual([]);
    });
    fillCinema(sentry);
    return { sentry, state, env: { ...state.env, SENTRY_DSN: sentry.dsn('movie-service') } };
  }

  it('a webhook opens an issue and closes it, at most once a minute over all processes', async () => {
    const { sentry, state, env } = await bed();
    const run = async (status: string) => runCommand(sentry, argv, { env, input: argumentsOf({ ...webhook, status }) });
    const first = await run('firing');
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toContain('firing: event ');
    const second = await run('firing');
    expect(second).toMatchObject({ code: 0, stderr: '' });
    expect(second.stdout).toMatch(/firing: joined: it was sent [^\n]* ago, and nothing is sent again within a minute/);
    await using client = await openBinary(sentry, { state, env, argv: ['--allow', 'write', '--confirm', 'never'] });
    expect(await client.ask(capture, JSON.parse(argumentsOf(webhook)) as object as never)).toContain('joined');
    expect(captured(sentry)).toEqual([{ title: 'ディスクが 4 時間で満杯', status: 'unresolved', events: 1 }]);
    const last = await run('resolved');
    expect(last).toMatchObject({ code: 0, stderr: '' });
    expect(last.stdout).toContain('1 issue resolved, 0 still open');
    expect(captured(sentry)).toMatchObject([{ status: 'resolved' }]);
    expect(sentry.envelopes).toHaveLength(1);
  });

  it('many processes at once send one event', async () => {
    const { sentry, env } = await bed();
    const runs = Array.from({ length: 4 }, async () => runCommand(sentry, argv, { env, input: argumentsOf(webhook) }));
    expect((await Promise.all(runs)).map(({ code }) => code).toSorted((a, b) => a - b)).toEqual([0, 0, 0, 0]);
    expect(sentry.envelopes).toHaveLength(1);
  });

  it('without a ceiling that allows writes nothing is sent', async () => {
    const { sentry, env } = await bed();
    const { code } = await runCommand(sentry, argv.slice(0, 4), { env, input: argumentsOf(webhook) });
    expect(code).toBe(3);
    expect(sentry.envelopes).toEqual([]);
  });
});
