import type { Closable } from '@cinecom/mcp-core';

/** The backend port: what the tools need of a lamp, and nothing more. */
export interface Lamp extends Closable {
  isOn(options: { readonly signal: AbortSignal }): Promise<boolean>;
  turn(on: boolean, options: { readonly signal: AbortSignal }): Promise<void>;
}

/** A lamp in memory, standing in for a driver. */
export function createLamp(): Lamp {
  let on = false;
  return {
    isOn: async () => on,
    turn: async (wanted) => {
      on = wanted;
    },
    close: async () => {},
  };
}
