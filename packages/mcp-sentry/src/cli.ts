#!/usr/bin/env node
import { run } from '@cinecom/mcp-core';
import { server } from './server.ts';

void run(server);
