import { platform } from "../platform.ts";

/** What every browser may know of this installation. */
export function publicConfig(): { supabaseUrl: string; publishableKey: string } {
  const { supabaseUrl, publishableKey } = platform();
  return { supabaseUrl, publishableKey };
}
