import { expect, test } from "vitest";
import { SkuId } from "#server/domain/id.ts";
import { productJsonLd } from "./product-json-ld.ts";

const product = {
  skuId: SkuId.parse("BREAD"),
  name: "Bread </script>",
  category: "Bakery",
  priceCents: 205,
  temperature: "ambient",
  availableUnits: 3,
} as const;
const region = { name: "Porto", currency: "EUR" };
const soonest = (orderBy: string, startsAt: string) => ({
  now: "2026-07-01T08:00:00.000Z",
  timeZone: "Europe/Lisbon",
  currency: "EUR",
  delivery: { startsAt, endsAt: startsAt, orderBy, priceCents: 390 },
  parcel: null,
  pickupAt: null,
});

test("a product says its price, and what a delivery costs and until when it is ordered, by the region's clock", () => {
  const { offers } = JSON.parse(
    productJsonLd(product, region, soonest("2026-07-01T14:10:00.000Z", "2026-07-01T17:00:00.000Z")),
  );
  expect(offers).toMatchObject({ price: "2.05", priceCurrency: "EUR", availability: "https://schema.org/InStock" });
  expect(offers.shippingDetails).toMatchObject({
    shippingRate: { value: "3.90" },
    deliveryTime: { cutoffTime: "15:10+01:00", transitTime: { maxValue: 0 } },
  });
});

test("a deadline of another day is no cut-off, and days count by the region's calendar", () => {
  // 23:30 UTC is the next day in Lisbon's summer.
  const { offers } = JSON.parse(
    productJsonLd(product, region, soonest("2026-07-01T23:30:00.000Z", "2026-07-02T23:30:00.000Z")),
  );
  expect(offers.shippingDetails.deliveryTime.cutoffTime).toBeUndefined();
  expect(offers.shippingDetails.deliveryTime.transitTime.maxValue).toBe(2);
});

test("nothing is claimed of deliveries when none is known, and a name cannot end the script", () => {
  const text = productJsonLd({ ...product, availableUnits: 0 }, region, null);
  expect(text).not.toContain("</script>");
  expect(JSON.parse(text)).toMatchObject({
    name: "Bread </script>",
    offers: { availability: "https://schema.org/OutOfStock" },
  });
  expect(JSON.parse(text).offers.shippingDetails).toBeUndefined();
});
