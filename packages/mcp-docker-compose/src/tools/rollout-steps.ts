import { counted, quote } from '@cinecom/mcp-core';
import type { ServiceOrder } from '../model/rollout.ts';
import { plainName } from '../text/plain-name.ts';
import type { ServiceDeploy } from './deploy-reading.ts';

/** What will be done, with the commands that do the same by hand. */
export function stepsOf({ service, order, containers, replicas }: ServiceDeploy): readonly string[] {
  if (order === undefined) return [];
  const name = plainName(service.name) ?? 'SERVICE';
  const batch = order.parallelism;
  const create = `docker compose up -d --no-deps --no-recreate --no-build --pull never --scale ${name}=${containers.length + batch} ${name}`;
  const make = `${name}: make ${counted(batch, 'new replica')} (${create})`;
  const ready = order.readyCommand === undefined ? '' : ` by ${commandWords(order.readyCommand)}`;
  const wait = `${name}: wait until ready${ready}, at most ${order.readyMs / 1000} s, then watch for ${order.monitorMs / 1000} s (docker inspect)`;
  const retire = `${name}: ${drainWords(order)}stop and remove ${batch === 1 ? 'an old one' : `${batch} old ones`}, one at a time (docker stop, docker rm)`;
  const batches = order.mode === 'start-first' ? [make, wait, retire] : [retire, make, wait];
  const pause = order.delayMs > 0 ? `, ${order.delayMs / 1000} s between` : '';
  return [
    ...batches,
    `${name}: again until ${counted(replicas, 'replica')} ${replicas === 1 ? 'is' : 'are'} as the files say${pause}; on failure: ${order.onFailure}${backWords(order)}`,
  ];
}

/** How it goes back, where that differs. */
function backWords({ onFailure, mode, parallelism, back }: ServiceOrder): string {
  if (onFailure !== 'rollback' || (back.mode === mode && back.parallelism === parallelism && back.delayMs === 0))
    return '';
  const pause = back.delayMs > 0 ? `, ${back.delayMs / 1000} s between` : '';
  return `, ${back.mode}, ${back.parallelism} at a time${pause}`;
}

function drainWords({ drain }: ServiceOrder): string {
  const hooks = drain.hooks.map(({ command }) => `pre_stop hook ${quote(command.join(' '))}`);
  const until = drain.unhealthyMs > 0 ? ', wait until unhealthy' : '';
  const command = drain.command === undefined ? [] : [`${commandWords(drain.command)} (docker exec)${until}`];
  const pause = drain.pauseMs === 0 ? [] : [`wait ${drain.pauseMs / 1000} s`];
  const all = [...hooks, ...command, ...pause];
  return all.length === 0 ? '' : `${all.join(', ')}, `;
}

/** The operator's own words, of a label: what runs in the container is to be seen before it does. */
function commandWords(command: readonly string[]): string {
  return quote(command.at(-1) ?? '');
}
