import { confirm } from "./confirm-acts.ts";
import { type Deed, extend, release, swap } from "./hold-acts.ts";
import { inTwoTabs } from "./world.ts";

const DEEDS: readonly Deed[] = [confirm, release, swap, extend];

/** Two things that exclude each other, or the same one twice, done with one hold while each is at it. */
export const twoAtOnce: Deed = (world, attempt, hold) =>
  inTwoTabs(world, attempt, (tab) => tab.random.pick(DEEDS)(world, tab, hold));
