#!/usr/bin/env node
import { main } from './command/main.ts';
import { processWorld } from './command/process-world.ts';

process.title = 'cinecom-runbook';
const world = processWorld();
// The report is out by now; whatever else might keep the process is not waited for.
world.exit(await main(process.argv.slice(2), world));
