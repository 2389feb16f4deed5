import { expect, it } from 'vitest';
import type { ComposeModel } from '../model/compose-model.ts';
import { servicesOf } from './scope.ts';

const model = {
  services: new Map([
    ['movie', {}],
    ['ticket', {}],
  ]),
} as unknown as ComposeModel;
const running = [{ service: 'film' }];

it('takes what the files name and what runs, within the scope', () => {
  expect(servicesOf('*', { services: [] }, model, running)).toEqual(['film', 'movie', 'ticket']);
  expect(servicesOf('*', { services: ['movie'] }, model, running)).toEqual(['movie']);
  expect(servicesOf('film', { services: [] }, undefined, running)).toEqual(['film']);
});

it.each([
  ['movie', ['ticket'], model, 'out_of_scope', 'Allowed: ticket'],
  ['nobody', [], model, 'backend_not_found', 'Allowed: film, movie, ticket'],
  // whether there is such a service is not known
  ['nobody', [], undefined, 'not_configured', 'compose_overview quotes why'],
] as const)('refuses %s with scope %j as what it is', (wanted, services, files, code, hint) => {
  expect(() => servicesOf(wanted, { services: [...services] }, files, running)).toThrow(
    expect.objectContaining({ code, hint: expect.stringContaining(hint) }),
  );
});
