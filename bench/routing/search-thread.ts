import { parentPort, workerData } from "node:worker_threads";
import { measureSearch } from "./measure-search.ts";

// One run in a thread of its own: each starts as cold as the first, whatever was measured before it.
parentPort!.postMessage(measureSearch(workerData));
