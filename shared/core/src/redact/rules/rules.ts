import type { Rule } from '../types.ts';
import { serviceTokens } from './service-tokens.ts';
import { structures } from './structures.ts';
import { platformTokens } from './tokens.ts';

/** Every pattern the redactor knows: prefixes of tokens, then structures around secrets. Data only; nothing is compiled here. */
export const rules: readonly Rule[] = [...platformTokens, ...serviceTokens, ...structures];
