import { catalogueRouter } from "../features/catalogue/router.ts";
import { router } from "./procedure.ts";

/** The table of contents of everything that the screens can ask for: one router a context. */
export const rootRouter = router({
  catalogue: catalogueRouter,
});

export type RootRouter = typeof rootRouter;
