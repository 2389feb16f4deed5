import { spawn } from 'node:child_process';

// Reads until its owner is gone, however it went (SIGINT, uncaught error, SIGKILL), then ends the server and removes its
// folder. A stopped server is continued first; its children that stay stopped get SIGKILL from their postmaster after 5 s.
const script = `
trap '' INT TERM HUP
while read -r line; do :; done
pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null)
if [ -n "$pid" ] && { [ ! -d /proc/self ] || grep -qF "$1" "/proc/$pid/cmdline" 2>/dev/null; }; then
  kill -QUIT "$pid" 2>/dev/null
  kill -CONT "$pid" 2>/dev/null
  tries=0
  while kill -0 "$pid" 2>/dev/null && [ "$tries" -lt 80 ]; do sleep 0.1; tries=$((tries + 1)); done
  kill -KILL "$pid" 2>/dev/null
fi
rm -rf "$1"
`;

export interface Reaper {
  /** The folder is gone already; nothing is left to do. */
  dismiss(): void;
}

/** Watches over `folder` from outside this process, so that nothing stays behind when it dies. */
export function startReaper(folder: string): Reaper {
  const child = spawn('/bin/sh', ['-c', script, 'testbed-reaper', folder], {
    detached: true,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.unref();
  child.on('error', () => child.stdin.destroy());
  child.stdin.on('error', () => child.stdin.destroy());
  if ('unref' in child.stdin && typeof child.stdin.unref === 'function') child.stdin.unref();
  return { dismiss: () => child.stdin.destroy() };
}
