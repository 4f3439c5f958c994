import fc from "fast-check";
import { expect, test } from "vitest";
import { splitStatements } from "./split-statements.ts";

const sqlOf = (script: string) => splitStatements(script).map(({ sql }) => sql);

test("semicolons in quotes, comments and function bodies end nothing", () => {
  const statements = [
    `select 'a;b', 'it''s;', E'back\\'slash;', "odd;name"`,
    "-- first; a remark\nselect 1 -- inner; remark\n + 1",
    "select /* one; /* nested; */ still; */ 2",
    "create function f() returns void language plpgsql as $$ begin perform 1; end $$",
    "create function g() returns text language sql as $body$ select '$$;' $body$",
    "create function h(n int) returns int language sql begin atomic select case n when 1 then 2 end; select 3; end",
    "select x$y$z from t",
  ];
  expect(sqlOf(`${statements.join(";\n")};`)).toEqual(statements);
});

test("a statement's line is where its text begins", () => {
  const script = "select 1;\n\n  select\n 2; select 3;\n-- remark\nselect 4";
  expect(splitStatements(script).map(({ line }) => line)).toEqual([1, 3, 4, 5]);
});

test("empty statements and lone comments are no statements", () => {
  expect(sqlOf("; ;\n-- nothing\n; /* nor; this */ ;")).toEqual([]);
  expect(sqlOf("")).toEqual([]);
});

// The generator knows where each statement ends because it builds them; it shares no code with the scanner.
test("a script made of statements splits into those statements", () => {
  const text = fc.string({ unit: fc.constantFrom("a", ";", "'", '"', "$", "-", "/", "*", "\\", "\n", " ", "ü") });
  const piece = fc.oneof(
    fc.constantFrom("select", "1", "end", "begin", "atomically", "x$1", ",", "(", ")", "a.b", "-", "/"),
    text.map((t) => `'${t.replaceAll("'", "''")}'`),
    text.map((t) => `E'${t.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`),
    text.map((t) => `"${t.replaceAll('"', '""')}"`),
    text.map((t) => `$q$${t.replaceAll("$", "")}$q$`),
    text.map((t) => `-- ${t.replaceAll("\n", " ")}\n`),
    text.map((t) => `/* ${t.replaceAll("/", "|")} */`),
  );
  const statement = fc.array(piece).map((pieces) => ["select", ...pieces, "1"].join(" "));
  fc.assert(
    fc.property(fc.array(statement), (statements) => {
      expect(sqlOf(statements.join(" ;\n"))).toEqual(statements);
    }),
  );
});
