import { ChannelId, OWN_SHOP } from "./channel.ts";
import { Fault } from "./fault.ts";

// Which channel a page belongs to is known by whoever configured its host, and not by the browser: the page is given a pass, the
// browser hands it on, and nobody without the key can write another one.

const LASTS_SEC = 86_400;

/** A digest that only the installation's key can make: OfferKeys.disguise. */
type Disguise = (kind: string, text: string) => string;

/** For a page of this channel, good for a day. None where it sells for the own shop. */
export function writeChannelPass(
  disguise: Disguise,
  regionId: string,
  channelId: ChannelId,
  nowSec: number,
): string | undefined {
  if (channelId === OWN_SHOP) return undefined;
  const untilSec = Math.floor(nowSec) + LASTS_SEC;
  return `${channelId}.${untilSec}.${proofOf(disguise, regionId, channelId, untilSec)}`;
}

/** The channel that a pass is for; the own shop without one. Faults: invalid-request (none of ours, of another region, or too old). */
export function readChannelPass(
  disguise: Disguise,
  regionId: string,
  pass: string | undefined,
  nowSec: number,
): ChannelId {
  if (pass === undefined) return OWN_SHOP;
  const [id, until, proof = ""] = pass.split(".");
  const channelId = ChannelId.safeParse(id);
  const untilSec = Number(until);
  const isOurs =
    channelId.success &&
    Number.isSafeInteger(untilSec) &&
    untilSec > nowSec &&
    isSame(proof, proofOf(disguise, regionId, channelId.data, untilSec));
  if (!isOurs) throw new Fault("invalid-request", "channel");
  return channelId.data;
}

function proofOf(disguise: Disguise, regionId: string, channelId: string, untilSec: number): string {
  return disguise("channel", `${regionId} ${channelId} ${untilSec}`);
}

/** In a time that does not tell how much of it is right. */
function isSame(given: string, expected: string): boolean {
  let difference = given.length ^ expected.length;
  for (let i = 0; i < expected.length; i++) difference |= given.charCodeAt(i) ^ expected.charCodeAt(i);
  return difference === 0;
}
