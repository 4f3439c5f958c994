"use client";

import { useQuery } from "@tanstack/react-query";
import { PackageCheck, Truck } from "lucide-react";
import { useTRPC } from "#components/trpc/connection.tsx";
import { formatDuration } from "#components/ui/format-duration.ts";
import { dayOf } from "#components/ui/format-time.ts";
import { useNow } from "#components/ui/use-now.ts";
import type { SkuId } from "#server/domain/id.ts";
import { useDelivery } from "./delivery-store.ts";
import { fillText } from "./fill-text.ts";
import type { OutputOf } from "./output-of.ts";
import { regionCentre } from "./region-centre.ts";
import { useShopRegion } from "./shop-region.tsx";
import { useWords, type Words } from "./words.tsx";

type Soonest = OutputOf["promise"]["soonest"];

const ASK_EVERY_MS = 60_000;
/** Farther ahead than this, nobody needs a countdown. */
const COUNTS_DOWN_SEC = 24 * 3600;
/** From this hour on, today's windows are tonight's. */
const EVENING_HOUR = 17;

/** How soon one of it can be at the shopper's door: at their address, or in the middle of the region and saying so. */
export function ProductPromise({ skuId }: { skuId: SkuId }) {
  const trpc = useTRPC();
  const { say } = useWords();
  const region = useShopRegion();
  const { destination } = useDelivery();
  const soonest = useQuery(
    trpc.promise.soonest.queryOptions(
      { regionId: region.regionId, skuId, destination: destination ?? regionCentre(region) },
      { refetchInterval: ASK_EVERY_MS },
    ),
  );
  return (
    <div className="flex min-h-24 flex-col gap-2 rounded-card bg-accent-soft px-4 py-3" aria-busy={soonest.isPending}>
      {soonest.data ? (
        <Known soonest={soonest.data} currency={region.currency} place={destination ? null : region.name} />
      ) : (
        !soonest.isPending && <p>{say.product.unknown}</p>
      )}
    </div>
  );
}

function Known({ soonest, currency, place }: { soonest: Soonest; currency: string; place: string | null }) {
  const words = useWords();
  const { product } = words.say;
  const { delivery, parcel, pickupAt, timeZone } = soonest;
  const now = useNow(soonest.now);
  const leftSec = delivery && (Date.parse(delivery.orderBy) - now) / 1000;
  // A deadline that has just passed: the next answer knows the next window.
  const open = delivery && leftSec !== null && leftSec > 0 ? delivery : null;
  return (
    <>
      <p className="flex items-start gap-2">
        <Truck className="mt-0.5 size-5 shrink-0 text-accent rtl:-scale-x-100" aria-hidden="true" />
        <span suppressHydrationWarning>
          {open && leftSec !== null
            ? fillText(leftSec < COUNTS_DOWN_SEC ? product.orderWithin : product.next, {
                left: formatDuration(Math.max(60, leftSec)),
                when: whenOf(words, open.startsAt, open.endsAt, now, timeZone),
                price: words.price(open.priceCents, currency),
              })
            : parcel
              ? fillText(product.parcel, {
                  when: whenOf(words, parcel.startsAt, parcel.endsAt, now, timeZone),
                  price: words.price(parcel.priceCents, currency),
                })
              : product.none}
          {open && place !== null && (
            <span className="block text-ink-muted text-sm">{fillText(product.toCentre, { place })}</span>
          )}
        </span>
      </p>
      {pickupAt && (
        <p className="flex items-start gap-2">
          <PackageCheck className="mt-0.5 size-5 shrink-0 text-accent" aria-hidden="true" />
          {fillText(product.pickup, { time: words.time(pickupAt, timeZone, "day-time") })}
        </p>
      )}
    </>
  );
}

/** "tonight, 18:00–20:00", by the region's clock. */
function whenOf(words: Words, startsAt: string, endsAt: string, now: number, zone: string): string {
  const { product } = words.say;
  const span = words.span(startsAt, endsAt, zone);
  const day = dayOf(startsAt, zone);
  if (day === dayOf(now, zone))
    return fillText(hourOf(startsAt, zone) >= EVENING_HOUR ? product.tonight : product.today, { span });
  const noon = Date.parse(`${dayOf(now, zone)}T12:00:00Z`);
  if (day === dayOf(noon + 86_400_000, "UTC")) return fillText(product.tomorrow, { span });
  return fillText(product.onDay, { day: words.time(startsAt, zone, "day"), span });
}

function hourOf(at: string, zone: string): number {
  return Number(
    new Intl.DateTimeFormat("en", { hour: "2-digit", hourCycle: "h23", timeZone: zone }).format(Date.parse(at)),
  );
}
