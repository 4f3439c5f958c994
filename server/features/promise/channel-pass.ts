import { timingSafeEqual } from "node:crypto";
import { ChannelId, OWN_SHOP } from "#server/domain/channel.ts";
import { Fault } from "#server/domain/fault.ts";
import type { OfferClaims } from "#server/domain/offer.ts";
import type { QuoteRequest } from "#server/domain/quote.ts";
import type { OfferKeys } from "#server/keys/offer-keys.ts";
import type { PromiseServices } from "./promise-services.ts";

// Which channel a page belongs to is known by whoever configured its host, and not by the browser: the page is given a pass, the
// browser hands it on, and nobody without the key can write another one.

const LASTS_SEC = 86_400;

/** For a page of this channel, good for a day. */
export function writeChannelPass(keys: OfferKeys, regionId: string, channelId: ChannelId, nowSec: number): string {
  const untilSec = Math.floor(nowSec) + LASTS_SEC;
  return `${channelId}.${untilSec}.${proofOf(keys, regionId, channelId, untilSec)}`;
}

/** Of a quote: that of the page that asks. Faults: as readChannelPass. */
export function channelOfRequest(
  { offerKeys }: PromiseServices,
  { regionId, channel }: Pick<QuoteRequest, "regionId" | "channel">,
): ChannelId {
  return readChannelPass(offerKeys, regionId, channel, Date.now() / 1000);
}

/** For which an offer was signed. */
export function channelOfOffer({ chn }: OfferClaims): ChannelId {
  return chn === undefined ? OWN_SHOP : ChannelId.parse(chn);
}

/** The channel that a pass is for; the own shop without one. Faults: invalid-request (none of ours, of another region, or too old). */
export function readChannelPass(
  keys: OfferKeys,
  regionId: string,
  pass: string | undefined,
  nowSec: number,
): ChannelId {
  if (pass === undefined) return OWN_SHOP;
  const [id, until, proof] = pass.split(".");
  const channelId = ChannelId.safeParse(id);
  const untilSec = Number(until);
  if (!channelId.success || !proof || !Number.isSafeInteger(untilSec) || untilSec <= nowSec)
    throw new Fault("invalid-request", "channel");
  const expected = Buffer.from(proofOf(keys, regionId, channelId.data, untilSec));
  const given = Buffer.from(proof);
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    throw new Fault("invalid-request", "channel");
  return channelId.data;
}

function proofOf(keys: OfferKeys, regionId: string, channelId: string, untilSec: number): string {
  return keys.disguise("channel", `${regionId} ${channelId} ${untilSec}`);
}
