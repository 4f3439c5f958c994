import { ChannelId, OWN_SHOP } from "#server/domain/channel.ts";
import { readChannelPass } from "#server/domain/channel-pass.ts";
import type { OfferClaims } from "#server/domain/offer.ts";
import type { QuoteRequest } from "#server/domain/quote.ts";
import type { PromiseServices } from "./promise-services.ts";

/** Of a quote: that of the page that asks. Faults: invalid-request, where its pass is none. */
export function channelOfRequest(
  { offerKeys }: PromiseServices,
  { regionId, channel }: Pick<QuoteRequest, "regionId" | "channel">,
): ChannelId {
  return readChannelPass(offerKeys.disguise, regionId, channel, Date.now() / 1000);
}

/** For which an offer was signed. */
export function channelOfOffer({ chn }: OfferClaims): ChannelId {
  return chn === undefined ? OWN_SHOP : ChannelId.parse(chn);
}
