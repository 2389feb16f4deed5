#!/usr/bin/env node
import { main } from './command/main.ts';
import { processWorld } from './command/process-world.ts';

process.title = 'cinecom-runbook';
process.exitCode = await main(process.argv.slice(2), processWorld());
