export interface ProgressBar {
  /** Begins a task; a task before it is done. */
  task(name: string): void;
  /** How much of the task is done, 0 … 1. */
  at(fraction: number): void;
  /** Ends the last task. */
  done(): void;
  /** Takes an unfinished bar off the screen, before an error is told. */
  clear(): void;
}

const WIDTH = 28;
const REDRAW_MS = 50;

/**
 * Progress on stderr, so that stdout stays clean. On a terminal one line is redrawn; in a file or a pipe each task
 * gets a line when it begins.
 */
export function progressBar(out: NodeJS.WriteStream = process.stderr): ProgressBar {
  let current: { name: string; beganMs: number } | null = null;
  let drawnMs = 0;
  const draw = (fraction: number) => {
    const filled = Math.round(fraction * WIDTH);
    const bar = "█".repeat(filled) + "░".repeat(WIDTH - filled);
    out.write(`\r\x1b[K${current!.name.padEnd(24)} ${bar} ${String(Math.floor(fraction * 100)).padStart(3)} %`);
  };
  const done = () => {
    if (current === null) return;
    const seconds = ((performance.now() - current.beganMs) / 1000).toFixed(1);
    if (out.isTTY) out.write(`\r\x1b[K${current.name.padEnd(24)} ${seconds} s\n`);
    current = null;
  };
  return {
    task: (name) => {
      done();
      current = { name, beganMs: performance.now() };
      if (out.isTTY) draw(0);
      else out.write(`${name} …\n`);
    },
    at: (fraction) => {
      const nowMs = performance.now();
      if (!out.isTTY || current === null || nowMs - drawnMs < REDRAW_MS) return;
      drawnMs = nowMs;
      draw(fraction);
    },
    done,
    clear: () => {
      if (out.isTTY && current !== null) out.write("\r\x1b[K");
      current = null;
    },
  };
}
