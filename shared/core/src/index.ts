export { definePrompt, type Prompt } from './define/prompt.ts';
export {
  defineServer,
  type CheckRow,
  type Closable,
  type BackgroundContext,
  type ConnectContext,
  type Server,
  type ServerDefinition,
} from './define/server.ts';
export { toolsFor, type ChangeTool, type DefineTool, type ReadTool, type Risk, type Tool } from './define/tool.ts';
export type { Json, Plan, Target } from './define/plan.ts';
export { type Call, type Clock, type Progress, systemClock } from './define/call.ts';
export { type ConnectionReason, connectionReason } from './errors/connection-reason.ts';
export { type ErrorCode, errorCatalogue } from './errors/catalogue.ts';
export { type Applied, isToolError, ToolError, type ToolErrorDetails } from './errors/tool-error.ts';
export { attempt, type Attempt } from './results/attempt.ts';
export { finding, findings, findingsReport, nextCall, renderFindings, verdict } from './results/findings.ts';
export type { Finding, FindingsReport, NotExamined, Severity, Verdict } from './results/findings.ts';
export { bytes, count, counted, delta, duration, percent, timestamp } from './results/format.ts';
export { page, type Page } from './results/page.ts';
export { table } from './results/table.ts';
export { matchesGlob } from './gate/glob.ts';
export { outside, personal, quote } from './firewall/index.ts';
export { toolDefinition } from './serve/tool-definition.ts';
export type { ToolListing } from './serve/listing.ts';
export { coreSettings, type CoreSettings } from './settings/core-settings.ts';
export { type Command, commands } from './cli/commands.ts';
export { run } from './cli/run.ts';
export { describeSettings, settingsJsonSchema, settingsTable, type SettingRow } from './settings/describe.ts';
export { distance, nearest } from './settings/nearest.ts';
export { isZone } from './settings/zone.ts';
export { loadSettings, type LoadOptions } from './settings/load.ts';
export type { LoadedSettings, SettingProblem, Source } from './settings/loaded.ts';
export { mergeSettings, type MergedSettings } from './settings/merge.ts';
export { setting, settings, type Setting, type SettingsDeclaration, type SettingsValues } from './settings/setting.ts';
export { createCache } from './state/cache.ts';
export { longWork, type LongWork, type LongWorkOptions } from './state/long-work.ts';
export type { Cached, JsonStore, OperationControl, Operations, OperationView, State } from './state/state.ts';
