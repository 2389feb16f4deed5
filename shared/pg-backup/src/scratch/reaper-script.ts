/**
 * Runs by itself, in a Node process of its own: waits until its standard input ends, which happens however its owner ends,
 * then ends PostgreSQL's programs, and those that copy a backup, that work in the folder, and removes it. The text is passed by `-e`, so that it needs no
 * file beside a bundle.
 *
 * Whether a process works there is told by its command line: a pid from a file can be somebody else's by then.
 */
export const reaperScript = `
const fs = require('node:fs');
const [folder, ...more] = process.argv.slice(1);
const programs = /^(postgres|initdb|unshare|pgbackrest|pg_[a-z]+|cp|chown|tar)$/;
const base = (path) => path.slice(path.lastIndexOf('/') + 1);
function inFolder(pid) {
  try {
    const words = fs.readFileSync('/proc/' + pid + '/cmdline', 'utf8').split('\\0');
    return programs.test(base(words[0])) && words.some((word) => word.includes(folder));
  } catch { return false; }
}
function fromPidFile() {
  try {
    const pid = Number(fs.readFileSync(folder + '/data/postmaster.pid', 'utf8').split('\\n')[0]);
    process.kill(pid, 0);
    return pid > 1 ? [pid] : [];
  } catch { return []; }
}
function working() {
  if (!fs.existsSync('/proc/self/cmdline')) return fromPidFile();
  return fs.readdirSync('/proc').map(Number).filter((pid) => pid > 1 && pid !== process.pid && inFolder(pid));
}
function tell(pids, signal) {
  for (const pid of pids) try { process.kill(pid, signal); } catch {}
}
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
async function reap() {
  let pids = working();
  tell(pids, 'SIGQUIT');
  tell(pids, 'SIGCONT');
  for (let round = 0; pids.length > 0 && round < 400; round += 1) {
    await pause(round < 20 ? 5 : 20);
    if (round === 250) tell(pids, 'SIGKILL');
    if (round === 50) tell(pids.filter((pid) => !fs.existsSync(folder + '/data/postmaster.pid')), 'SIGKILL');
    pids = working();
  }
  for (const path of [folder, ...more]) fs.rmSync(path, { recursive: true, force: true, maxRetries: 10 });
  process.exit(0);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
let begun = false;
const once = () => { if (!begun) { begun = true; reap(); } };
process.stdin.on('end', once).on('close', once).on('error', once).resume();
`;
