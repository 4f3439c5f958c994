import type { ChannelId } from "../domain/channel.ts";
import { writeChannelPass } from "../domain/channel-pass.ts";
import { platform } from "../platform.ts";

/** What the browser of an embedded page asks with, so that it asks through the channel of its host. Made while the page is rendered. */
export function embedPass(regionId: string, channelId: ChannelId): string | undefined {
  return writeChannelPass(platform().offerKeys().disguise, regionId, channelId, Date.now() / 1000);
}
