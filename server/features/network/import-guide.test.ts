import { expect, test } from "vitest";
import { importGuide } from "./import-guide.ts";

test("docs/import.md says what the import reads", async () => {
  await expect(importGuide()).toMatchFileSnapshot("../../../docs/import.md");
});
