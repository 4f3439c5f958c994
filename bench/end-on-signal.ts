/** An exit ends the platforms that are measured on; a signal by itself would leave their Postgres running. */
export function endOnSignal(): void {
  for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, () => process.exit(130));
}
