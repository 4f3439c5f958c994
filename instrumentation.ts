/** Next calls it once in each process, before the first request. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { markPeers } = await import("#server/trpc/client-address.ts");
  markPeers();
}
