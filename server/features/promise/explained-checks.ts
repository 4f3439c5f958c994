import type { PickingFigures } from "#server/core/promise/picking-figures.ts";
import type { SourceNode } from "#server/core/promise/promise-problem.ts";
import type { ExplainedPart } from "#server/domain/explanation.ts";
import { NodeId } from "#server/domain/id.ts";
import { instant } from "#server/domain/instant.ts";
import type { Reason, ReasonCode } from "#server/domain/reason.ts";
import type { NodeRow } from "./queries.ts";
import type { QuoteFacts } from "./quote-facts.ts";
import type { GroupedCart } from "./to-problem.ts";

/** What is asked: a cart and the network as it is. Instants of `facts` in epoch seconds, of `sources` since `originSec`. */
export interface ExplainedWorld {
  readonly facts: QuoteFacts;
  readonly nodes: readonly NodeRow[];
  readonly sources: readonly SourceNode[];
  readonly cart: GroupedCart;
  readonly originSec: number;
}

/** A part by what is the same of it whatever moves the goods. Seconds since the origin. */
interface AskedPart {
  readonly node: NodeRow;
  readonly groups: readonly number[];
  readonly pickSec: number;
  /** Null where no service area counts. */
  readonly isInReach: boolean | null;
  readonly cutOffSec: number;
  /** Before it leaves; null where nothing does. */
  readonly picking: PickingFigures | null;
}

/** Stock, window and workload: the checks that come before what moves the goods. */
export function explainedChecks(
  { facts, cart, originSec }: ExplainedWorld,
  { node, groups, pickSec, isInReach, cutOffSec, picking }: AskedPart,
): Pick<ExplainedPart, "nodeId" | "stock" | "window" | "workload"> {
  const nowSec = facts.nowSec - originSec;
  const at = (sec: number) => (Number.isFinite(sec) ? instant(originSec + sec) : null);
  const available = facts.stock.get(node.id);
  return {
    nodeId: NodeId.parse(node.id),
    stock: {
      passed: true,
      lines: cart.lines.flatMap(({ group, units }, line) =>
        groups.includes(group) ? { line, units, available: available?.[line] ?? 0 } : [],
      ),
    },
    window: {
      passed: isInReach !== false && nowSec < cutOffSec && nowSec <= (picking?.lastStartSec ?? nowSec),
      isInReach,
      cutOffAt: at(cutOffSec),
      lastOrderAt: picking && at(picking.lastStartSec),
    },
    workload: picking && {
      passed: picking.freeSec >= pickSec,
      wantedSec: pickSec,
      freeSec: picking.freeSec,
      pickBy: instant(originSec + picking.pickBySec),
      nextFreeAt: picking.nextFreeSec === undefined ? null : at(picking.nextFreeSec),
    },
  };
}

/** As the shopper is told it: with the latest of these instants, where there is one. */
export function reasonAt(code: ReasonCode, secs: readonly number[], originSec: number): Reason {
  const atSec = Math.max(...secs);
  return Number.isFinite(atSec) ? { code, at: instant(originSec + atSec) } : { code };
}
