import { router } from "#server/trpc/procedure.ts";
import { readMe } from "./read-me.ts";

/** Who is signed in. */
export const staffRouter = router({ me: readMe });
