import { spawn } from 'node:child_process';

// Reads until its owner is gone, however it went (SIGINT, uncaught error, SIGKILL), then ends the server and removes its
// folder. A stopped server is continued first; its children that stay stopped get SIGKILL from their postmaster after 5 s.
// Whether the pid is the server still is told by its command line where that can be read: a pid can be somebody else's by
// then, and a dead process that nobody waits for has a pid but no command line.
// A Docker engine is the child of the process that made its namespaces, and waits for it: once that one is gone, so are all
// containers, and their control groups, which have the folder's name, can be removed.
const script = `
trap '' INT TERM HUP
while read -r line; do :; done
runs() { if [ -d /proc/self ]; then grep -qaF "$folder" "/proc/$pid/cmdline"; else kill -0 "$pid"; fi 2>/dev/null; }
folder=$1
pid=$(cat "$folder/data/postmaster.pid" "$folder/server.pid" 2>/dev/null | head -n 1)
if [ -n "$pid" ] && runs; then
  if grep -qa testbed-dockerd "/proc/$pid/cmdline" 2>/dev/null; then
    kill -KILL $(cat "/proc/$pid/task/$pid/children")
  else
    kill -QUIT "$pid"
  fi
  kill -CONT "$pid"
  tries=0
  while runs && [ "$tries" -lt 160 ]; do sleep 0.05; tries=$((tries + 1)); done
  if runs; then kill -KILL "$pid"; fi
fi
for group in /sys/fs/cgroup/"\${folder##*/}" /sys/fs/cgroup/*/"\${folder##*/}"; do
  tries=0
  while [ -d "$group" ] && [ "$tries" -lt 100 ]; do
    find "$group" -depth -type d -exec rmdir {} \\; 2>/dev/null || sleep 0.05
    tries=$((tries + 1))
  done
done
rm -rf "$folder"
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
