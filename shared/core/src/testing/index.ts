export { codeOf, connectClient, type ElicitHandler, type Era, errorOf, textOf } from './client.ts';
export { fakeClock, type FakeClock } from './clock.ts';
export { connect, type Connected, type ConnectOptions } from './connect.ts';
export { contract } from './contract/contract.ts';
export type { ContractCase, ContractOptions } from './contract/types.ts';
export { type Arguments, type BuiltClient, type BuiltOptions, type CallResult, openBuilt } from './open-built.ts';
export { type Keep, poison, poisons } from './poison.ts';
export { spawnServer, type SpawnedServer, type SpawnOptions } from './spawn-server.ts';
export { tempState, type TempState } from './temp-state.ts';
