import { expect, test } from "vitest";
import { loadedScripts } from "./first-load.ts";

test("a page's scripts are those that a browser fetches, each once", () => {
  const html = `
    <script src="/a.js" async=""></script><script src="/a.js?v=1" async=""></script>
    <script src="/polyfills.js" noModule=""></script><script nomodule src="/old.js"></script>
    <script>inline()</script><script src="/nomodule.js"></script>`;
  expect(loadedScripts(html)).toEqual(["/a.js", "/nomodule.js"]);
});
