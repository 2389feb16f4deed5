export const help = `cinecom-runbook runs a runbook across MCP servers, without a model, and writes the report.

  cinecom-runbook FILE            runs it; the same as "run FILE"
  cinecom-runbook check FILE      starts its servers, checks every step against their tools, calls nothing

  --servers FILE        servers as in .mcp.json, Claude Desktop's file or VS Code's mcp.json (default ./.mcp.json)
  --input NAME=VALUE    an input that the runbook declares; repeat it for more
  --lang en|ja          language of the report (default: the runbook's, else en)
  --json                the whole run as JSON instead of Markdown
  --out FILE            writes there instead of to stdout, whole or not at all
  --fail-on VERDICT     critical (default), warning, never: from which verdict on the exit status tells
  --allow-changes       lets steps change something; each plan is shown, and done when its step's id is typed on a terminal
  --concurrency N       calls at the same time (default 4)
  --start-timeout TIME  for a server to start (default 30s)
  --quiet               no progress on stderr
  --version, --help

Exit status: 0 ok · 1 a step failed · 2 usage, runbook, servers file, or a change without --allow-changes · 4 a plan waits for
a person · 5 a server could not be started · 6 whether a change happened is unknown · 10 warning or unknown under
--fail-on warning · 11 critical · 130 interrupted. Where several hold: 2, 6, 130, 11, 5, 1, 4, 10.
`;
