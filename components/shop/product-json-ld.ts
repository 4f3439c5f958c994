import { dayOf, formatTime } from "#components/ui/format-time.ts";
import type { OutputOf } from "./output-of.ts";
import type { Product } from "./product-card.tsx";

/**
 * A product as search engines read it (schema.org Product, Offer, OfferShippingDetails). Shipping is left out when no
 * window is known: nothing is claimed that a quote did not find.
 */
export function productJsonLd(
  product: Product,
  region: { readonly name: string; readonly currency: string },
  soonest: OutputOf["promise"]["soonest"] | null,
): string {
  const { currency } = region;
  const delivery = soonest?.delivery ?? null;
  const data = {
    "@context": "https://schema.org",
    "@type": "Product",
    sku: product.skuId,
    name: product.name,
    category: product.category,
    offers: {
      "@type": "Offer",
      price: amount(product.priceCents),
      priceCurrency: currency,
      availability: `https://schema.org/${product.availableUnits > 0 ? "InStock" : "OutOfStock"}`,
      ...(soonest &&
        delivery && {
          shippingDetails: {
            "@type": "OfferShippingDetails",
            shippingDestination: { "@type": "DefinedRegion", name: region.name },
            shippingRate: { "@type": "MonetaryAmount", value: amount(delivery.priceCents), currency },
            deliveryTime: deliveryTime(soonest.now, delivery, soonest.timeZone),
          },
        }),
    },
  };
  // "</script>" in a name would end the element that this stands in.
  return JSON.stringify(data).replaceAll("<", "\\u003c");
}

/** Whole days: picked on the day of the order, at the door on the window's. A cut-off is a time of today or none. */
function deliveryTime(now: string, { startsAt, orderBy }: { startsAt: string; orderBy: string }, zone: string) {
  const days = (Date.parse(dayOf(startsAt, zone)) - Date.parse(dayOf(now, zone))) / 86_400_000;
  const whole = (most: number) => ({ "@type": "QuantitativeValue", minValue: 0, maxValue: most, unitCode: "DAY" });
  return {
    "@type": "ShippingDeliveryTime",
    handlingTime: whole(0),
    transitTime: whole(days),
    ...(dayOf(orderBy, zone) === dayOf(now, zone) && {
      cutoffTime: `${formatTime(orderBy, zone)}${offsetOf(orderBy, zone)}`,
    }),
  };
}

/** "+01:00", the zone's clock against UTC at that instant. */
function offsetOf(at: string, zone: string): string {
  const parts = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" }).formatToParts(
    Date.parse(at),
  );
  const name = parts.find((part) => part.type === "timeZoneName")?.value ?? "";
  return name.replace("GMT", "") || "+00:00";
}

function amount(cents: number): string {
  return (cents / 100).toFixed(2);
}
