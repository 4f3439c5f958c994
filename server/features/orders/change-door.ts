import * as z from "zod";
import { DoorWishes, doorColumns } from "#server/domain/delivery-wishes.ts";
import { OrderToken } from "#server/domain/id.ts";
import { MAX_NOTE_CHARS, words } from "#server/domain/words.ts";
import { shopperProcedure } from "#server/trpc/procedure.ts";

const Input = z.strictObject({ token: OrderToken, door: DoorWishes, note: words(0, MAX_NOTE_CHARS) });
const Output = z.object({ door: DoorWishes, note: z.string() });

/**
 * Changes what the driver may do and has to know at the door, by the order's link, until a van has set out. The window and the floor
 * are what was promised by, and stay. Safe to repeat. Faults: not-found, wrong-state (the driver has set out).
 */
export const changeDoor = shopperProcedure
  .input(Input)
  .output(Output)
  .mutation(async ({ ctx: { db }, input: { token, door, note } }) => {
    await db`select app.change_door(${token}, ${db.json(doorColumns(door))}, ${note})`;
    return { door, note };
  });
