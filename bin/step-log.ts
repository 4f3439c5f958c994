/** Prints each step when it begins, with the seconds since the first: a long wait then says what it waits for. */
export function stepLog(): (line: string) => void {
  const began = performance.now();
  return (line) => {
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    process.stdout.write(`${seconds.padStart(6)} s  ${line}\n`);
  };
}
