import { createPublicKey, verify } from "node:crypto";
import { Certificate, type Judgement } from "#server/domain/decision.ts";
import { CERTIFICATE_TYPE, type OfferKeys } from "#server/keys/offer-keys.ts";
import { judgeDecision } from "./judge-decision.ts";

/** What is wrong with a certificate, as sentences, most basic first; none: the promise was decided rightly. */
export interface CertificateFindings {
  /** Null when it cannot even be read. */
  readonly certificate: Certificate | null;
  readonly faults: readonly string[];
}

/** Costs are sums of floats: so far may two machines differ. */
const CENTS_APART = 1e-6;

/**
 * Checks a certificate without a database or a network: the signature, the figures of each check, and the decision itself,
 * which is taken again from the recorded inputs.
 */
export function verifyCertificate(jws: string, publicJwk: OfferKeys["publicJwk"]): CertificateFindings {
  const [head, payload, signature, ...more] = jws.trim().split(".");
  if (!head || !payload || !signature || more.length > 0) return unreadable("It is not a signed JSON (JWS).");
  const header = parseJson(head);
  if (header?.alg !== "ES256" || header.typ !== CERTIFICATE_TYPE)
    return unreadable("It is signed, but is not a certificate.");
  const key = createPublicKey({ key: { ...publicJwk }, format: "jwk" });
  const proof = Buffer.from(signature, "base64url");
  const isSigned = verify("sha256", Buffer.from(`${head}.${payload}`), { key, dsaEncoding: "ieee-p1363" }, proof);
  if (!isSigned)
    return unreadable(
      header.kid === publicJwk.kid
        ? "The signature is not that of the key: it was changed after it was signed."
        : `It was signed with another key (${String(header.kid)}).`,
    );
  const read = Certificate.safeParse(parseJson(payload));
  if (!read.success) return unreadable("It is signed, and in a form that this version does not know.");
  const certificate = read.data;
  return { certificate, faults: [...checkFaults(certificate), ...replayFaults(certificate)] };
}

function unreadable(fault: string): CertificateFindings {
  return { certificate: null, faults: [fault] };
}

function parseJson(part: string): Record<string, unknown> | null {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
  } catch {
    return null;
  }
}

/** The figures by themselves: shares no code with the engine. */
function checkFaults({ decision, judgement }: Certificate): string[] {
  const visit = decision.visit ?? decision.window;
  const isInWindow = visit.startSec >= decision.window.startSec && visit.endSec <= decision.window.endSec;
  const faults = isInWindow ? [] : ["Window: the visit that was asked for is not in it."];
  let cents = judgement.splitCents;
  const units = new Map<string, number>();
  for (const { nodeId, stock, workload, window, route, parcel, transfer, terms } of judgement.parts) {
    for (const line of stock) {
      units.set(line.skuId, (units.get(line.skuId) ?? 0) + line.units);
      if (line.units > line.available)
        faults.push(`Stock: ${nodeId} had ${line.available} of ${line.skuId}, and ${line.units} were promised.`);
    }
    if (workload.pickSec > workload.freeSec)
      faults.push(
        `Workload: ${nodeId} had ${workload.freeSec} s of picking left, and ${workload.pickSec} were needed.`,
      );
    if (window && (window.startSec < visit.startSec || window.startSec >= visit.endSec))
      faults.push(`Window: the service from ${nodeId} would have started outside of it.`);
    if (window && window.slackSec < 0) faults.push(`Route: the stop from ${nodeId} would have made somebody late.`);
    if ((decision.service === "delivery") !== (route !== null))
      faults.push(`Route: ${nodeId} has none, or one too many.`);
    if ((decision.service === "parcel") !== (parcel !== null))
      faults.push(`Carrier: ${nodeId} has none, or one too many.`);
    if (parcel) faults.push(...parcelFaults(decision, nodeId, workload.pickBySec, parcel, terms.carrierCents));
    if (decision.service === "pickup" && (transfer === null) !== (nodeId === decision.nodes[0]?.nodeId))
      faults.push(`Lane: ${nodeId} has none, or one too many.`);
    if (transfer) faults.push(...transferFaults(decision, nodeId, workload.pickBySec, transfer, terms.transferCents));
    cents += terms.handlingCents + terms.pickingCents + terms.busyCents + terms.routeCents + terms.carrierCents;
    cents += terms.transferCents;
  }
  for (const { skuId, units: asked } of decision.cart)
    if (units.get(skuId) !== asked)
      faults.push(`Stock: ${asked} of ${skuId} were asked for, ${units.get(skuId) ?? 0} found.`);
  if (Math.abs(cents - judgement.costCents) > CENTS_APART)
    faults.push(`Cost: its terms come to ${cents.toFixed(2)}, and it states ${judgement.costCents.toFixed(2)}.`);
  return faults;
}

function replayFaults({ decision, judgement }: Certificate): string[] {
  const again = judgeDecision(decision);
  if (!again) return ["Replay: by these records nothing could have been promised."];
  const costs = (one: Judgement) => one.costCents.toFixed(2);
  if (Math.abs(again.costCents - judgement.costCents) > CENTS_APART)
    return [`Replay: the best plan costs ${costs(again)}, and the promise was made by one for ${costs(judgement)}.`];
  return isSame(again, judgement) ? [] : ["Replay: the plan costs as stated, and is another."];
}

function parcelFaults(
  { window, runs, nodes }: Certificate["decision"],
  nodeId: string,
  pickBySec: number,
  {
    carrierId,
    fetchedOn,
    leavesSec,
    startSec,
    endSec,
    weightG,
    free,
  }: NonNullable<Judgement["parts"][number]["parcel"]>,
  carrierCents: number,
): string[] {
  const faults: string[] = [];
  const run = runs.find(
    (one) => one.carrierId === carrierId && one.fetchedOn === fetchedOn && nodes[one.node]?.nodeId === nodeId,
  );
  if (!run) return [`Carrier: ${carrierId} does not come to ${nodeId} on ${fetchedOn}.`];
  if (free < 1) faults.push(`Carrier: ${carrierId} took no more parcels at ${nodeId}.`);
  if (weightG > run.limitG)
    faults.push(`Carrier: ${carrierId} takes ${run.limitG} g, and the parcel weighs ${weightG} g.`);
  if (pickBySec > leavesSec) faults.push(`Carrier: ${carrierId} leaves ${nodeId} before the parcel is packed.`);
  if (startSec < window.startSec || endSec > window.endSec) faults.push(`Window: ${carrierId} may ring outside of it.`);
  if (Math.abs(run.baseCents + (run.kgCents * weightG) / 1000 - carrierCents) > CENTS_APART)
    faults.push(`Cost: ${carrierId} does not take ${carrierCents.toFixed(2)} by its rate card.`);
  return faults;
}

function transferFaults(
  { window, laneRuns = [], nodes, rules }: Certificate["decision"],
  nodeId: string,
  pickBySec: number,
  { laneId, day, leavesSec, readySec, weightG, free }: NonNullable<Judgement["parts"][number]["transfer"]>,
  transferCents: number,
): string[] {
  const faults: string[] = [];
  const run = laneRuns.find((one) => one.laneId === laneId && one.day === day && nodes[one.node]?.nodeId === nodeId);
  if (!run) return [`Lane: ${laneId} does not leave ${nodeId} on ${day}.`];
  if (free < 1) faults.push(`Lane: ${laneId} took no more orders on ${day}.`);
  if (pickBySec > leavesSec) faults.push(`Lane: ${laneId} leaves ${nodeId} before the order is packed.`);
  if (readySec > window.startSec) faults.push(`Window: what ${laneId} brings is not ready when it starts.`);
  const weight = (rules.weights?.transfer ?? 100) / 100;
  if (Math.abs((run.baseCents + (run.kgCents * weightG) / 1000) * weight - transferCents) > CENTS_APART)
    faults.push(`Cost: ${laneId} does not cost ${transferCents.toFixed(2)} by its terms.`);
  return faults;
}

function isSame(one: unknown, other: unknown): boolean {
  if (typeof one === "number" && typeof other === "number") return Math.abs(one - other) <= CENTS_APART;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return one === other;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => isSame((one as Record<string, unknown>)[key], (other as Record<string, unknown>)[key]))
  );
}

/** For people: what was promised, from where. */
export function summaryOf({ decision, judgement, orderNumber }: Certificate): string[] {
  const at = (sec: number) => new Date((decision.originSec + sec) * 1000).toISOString().replace(/:00\.\d+Z$/, "Z");
  return [
    `Order ${orderNumber} in ${decision.regionId}: ${decision.service}, ${at(decision.window.startSec)} to ${at(decision.window.endSec)}`,
    ...judgement.parts.map((part) => partLine(part, at)),
    `Cost ${judgement.costCents.toFixed(2)} cents; ${alternativesOf(judgement)}`,
  ];
}

function partLine(
  { nodeId, stock, workload, window, route, parcel, transfer }: Judgement["parts"][number],
  at: (sec: number) => string,
): string {
  const goods = `${stock.length} ${stock.length === 1 ? "line" : "lines"} in stock`;
  const picking = `${workload.pickSec} s of picking, ${workload.freeSec} s free by ${at(workload.pickBySec)}`;
  if (parcel)
    return `  ${nodeId}: ${goods}; ${picking}; ${parcel.weightG} g with ${parcel.carrierId}, which leaves at ${at(parcel.leavesSec)}`;
  if (transfer)
    return `  ${nodeId}: ${goods}; ${picking}; with ${transfer.laneId}, which leaves at ${at(transfer.leavesSec)}, ready at ${at(transfer.readySec)}`;
  if (!window || !route) return `  ${nodeId}: ${goods}; ${picking}`;
  return `  ${nodeId}: ${goods}; ${picking}; stop ${route.place + 1} of ${route.stops + 1} at ${at(window.startSec)}, ${window.slackSec} s of slack`;
}

function alternativesOf({ alternatives }: Judgement): string {
  if (alternatives.length === 0) return "no other node has the whole cart";
  const dearer = alternatives.flatMap((one) => ("costCents" in one ? one.costCents : []));
  const failing = alternatives.length - dearer.length;
  const cheapest = dearer.length > 0 ? `, the cheapest for ${Math.min(...dearer).toFixed(2)}` : "";
  return `${dearer.length} other nodes could have served it alone${cheapest}, ${failing} could not`;
}
