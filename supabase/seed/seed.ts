/** Fills an empty database with the demo. */
export async function seedIfEmpty(_options: {
  readonly databaseUrl: string;
  readonly supabaseUrl: string;
  readonly secretKey: string;
  readonly stateDir: string;
  readonly log: (line: string) => void;
}): Promise<{ readonly signIns: readonly { role: string; email: string; password: string }[] }> {
  return { signIns: [] };
}
