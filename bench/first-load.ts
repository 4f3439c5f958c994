import { gzipSync } from "node:zlib";
import { startPlatform } from "#bin/platform.ts";
import type { Figures } from "./figures.ts";

/**
 * What a browser loads before the checkout can be used: the scripts that its HTML names, in kB of gzip, counted over HTTP
 * from the production build. Also says whether any of them carries map code, which must wait until a map is opened.
 */
export async function benchFirstLoad(stateDir: string, log: (line: string) => void): Promise<Figures> {
  const running = await startPlatform({
    stateDir,
    webPort: 0,
    gatewayPort: 0,
    postgresPort: 0,
    mode: "start",
    seed: false,
    durable: false,
    log,
  });
  try {
    const figures: Figures = {};
    for (const [name, path] of [
      ["shop", "/"],
      ["checkout", "/checkout"],
    ] as const) {
      const html = await (await fetch(running.webUrl + path)).text();
      const scripts = loadedScripts(html);
      let bytes = 0;
      let maps = 0;
      for (const script of scripts) {
        const text = await (await fetch(new URL(script, running.webUrl))).text();
        bytes += gzipSync(text).length;
        if (text.includes("maplibregl-canvas")) maps++;
      }
      figures[`${name}_first_load_js_kb`] = bytes / 1000;
      figures[`${name}_first_load_map_scripts_count`] = maps;
      log(`${name}: ${(bytes / 1000).toFixed(0)} kB of JavaScript in ${scripts.length} files, ${maps} with map code`);
    }
    return figures;
  } finally {
    await running.stop();
  }
}

/** The scripts of a page but those marked `nomodule`: they are for browsers without modules, and no other fetches them. */
export function loadedScripts(html: string): string[] {
  const tags = [...html.matchAll(/<script[^>]+>/g)].map(([tag]) => tag).filter((tag) => !/\snomodule\b/i.test(tag));
  return [...new Set(tags.flatMap((tag) => /\ssrc="([^"]+\.js)[^"]*"/.exec(tag)?.[1] ?? []))];
}
