// Runs one command for its parent and ends it when the parent is gone, however that died: the channel closes with the process.
// Plain JavaScript outside src, so that it starts the same from sources, from dist and inside jest.
import { spawn } from 'node:child_process';

/** How long the last words of a dead command may take; its own children can hold the pipes open for longer. */
const LAST_WORDS_MS = 500;
let child;
let ending = false;

function run({ command, args, identity, env, whenOrphaned }) {
  child = spawn(command, args, { ...identity, env, cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] });
  child.once('spawn', () => tell({ started: child.pid }));
  child.on('error', (error) => {
    if (child.pid === undefined) tell({ failed: error.message }, () => process.exit());
  });
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => tell({ output: text }));
  child.once('exit', (code, signal) => {
    const leave = () => tell({ exited: { code, signal } }, () => process.exit());
    child.once('close', leave);
    setTimeout(leave, LAST_WORDS_MS);
  });
  process.on('disconnect', () => end(whenOrphaned));
}

/** `steps` are [signal, milliseconds to wait before the next one]. */
function end(steps) {
  if (ending) return;
  ending = true;
  const next = ([step, ...rest]) => {
    if (!step) return;
    child.kill(step[0]);
    setTimeout(next, step[1], rest);
  };
  next(steps);
}

function tell(message, then = () => {}) {
  if (process.connected) process.send(message, then);
  else then();
}

// Sent to a whole process group or service, these are for the parent to answer, which then asks for an orderly end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
process.on('message', (message) => {
  if (message.run) run(message.run);
  if (message.end) end(message.end);
});
process.on('disconnect', () => {
  if (!child) process.exit();
});
