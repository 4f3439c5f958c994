import { z } from "zod";
import { Destination } from "#server/domain/cart.ts";
import { words } from "#server/domain/words.ts";
import { shopperProcedure } from "#server/trpc/procedure.ts";

const MAX_FOUND = 8;

const Input = z.strictObject({ query: words(2, 80) });

const Output = z.array(Destination);

/** Streets of the map by the start of their names. A house number that was typed stays in the address: the driver reads it. */
export const searchStreets = shopperProcedure
  .input(Input)
  .output(Output)
  .query(({ ctx, input }) => {
    const { street, houseNumber } = splitHouseNumber(input.query);
    const travel = ctx.platform.travel();
    return travel.searchStreets(street, MAX_FOUND).map(({ name, place, lng, lat }) => ({
      address: [houseNumber ? `${name} ${houseNumber}` : name, place].filter(Boolean).join(", ").slice(0, 200),
      lng,
      lat,
    }));
  });

/** "Mill Lane 12b" is house 12b of Mill Lane; "12 Mill Lane" too. A name may itself hold digits: "Rua 5 de Outubro". */
export function splitHouseNumber(query: string): { street: string; houseNumber: string | null } {
  const match = /^(?<street>.*\D)[\s,]+(?<after>\d{1,4}[a-z]?)$|^(?<before>\d{1,4}[a-z]?)[\s,]+(?<rest>\D.*)$/i.exec(
    query.trim(),
  );
  const street = match?.groups?.street ?? match?.groups?.rest;
  const houseNumber = match?.groups?.after ?? match?.groups?.before;
  return street && houseNumber
    ? { street: street.replace(/[\s,]+$/, ""), houseNumber }
    : { street: query.trim(), houseNumber: null };
}
