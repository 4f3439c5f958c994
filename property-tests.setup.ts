import fc from "fast-check";

/**
 * A change is judged by the same cases on every machine. KEPT_TEST_SEED=$RANDOM looks at others: what it finds becomes
 * a test of its own.
 */
fc.configureGlobal({ seed: Number(process.env.KEPT_TEST_SEED ?? 1) });
