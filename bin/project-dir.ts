import { dirname } from "node:path";

/** Where the checkout is, whatever the working folder. */
export const PROJECT_DIR = dirname(import.meta.dirname);
