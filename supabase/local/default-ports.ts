/** The ports that the Supabase command line assumes for a local stack, so that it works without flags. */
export const GATEWAY_PORT = 54321;
export const POSTGRES_PORT = 54322;
