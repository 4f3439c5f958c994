import { join } from "node:path";
import { expect, test } from "vitest";
import { platformArguments } from "./platform-arguments.ts";
import { PROJECT_DIR } from "./project-dir.ts";
import { UsageError } from "./verb.ts";

const NODE_ENV = "test";

test("without arguments and environment the well-known ports and the project's own folder are taken", () => {
  expect(platformArguments([], { NODE_ENV })).toEqual({
    stateDir: join(PROJECT_DIR, ".kept"),
    webPort: 3000,
    gatewayPort: 54321,
    postgresPort: 54322,
  });
});

test("an argument goes before the environment", () => {
  const env = { NODE_ENV, KEPT_PORT: "4000", KEPT_GATEWAY_PORT: "0", KEPT_STATE_DIR: "/elsewhere" } as const;
  expect(platformArguments(["--port", "5000"], env)).toMatchObject({
    stateDir: "/elsewhere",
    webPort: 5000,
    gatewayPort: 0,
  });
  expect(platformArguments(["--state-dir", "/mine"], env)).toMatchObject({ stateDir: "/mine", webPort: 4000 });
});

test("an empty name of the state folder is none, not the folder one stands in", () => {
  const usual = { stateDir: join(PROJECT_DIR, ".kept") };
  expect(platformArguments(["--state-dir="], { NODE_ENV })).toMatchObject(usual);
  expect(platformArguments([], { NODE_ENV, KEPT_STATE_DIR: "" })).toMatchObject(usual);
});

test("what is no port is refused by name", () => {
  for (const port of ["70000", "0x1F90", "1.5", "-1"])
    expect(() => platformArguments([`--port=${port}`], { NODE_ENV })).toThrow(/--port must be a port/);
  expect(() => platformArguments([], { NODE_ENV, KEPT_POSTGRES_PORT: "x" })).toThrow(
    /KEPT_POSTGRES_PORT must be a port/,
  );
});

test("an unknown option is a usage error", () => {
  expect(() => platformArguments(["--prot", "1"], { NODE_ENV })).toThrow(UsageError);
});
