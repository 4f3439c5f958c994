import type { Travel } from "./travel.ts";

/**
 * Wall-clock reading in one time zone for many instants: the zone's offset is looked up once a quarter of
 * an hour, since some zones change it at half past.
 */
export interface ZoneClock {
  /** Minutes since local midnight and whether it is Saturday or Sunday; `epochSec` in seconds since 1970 UTC. */
  read(epochSec: number): { minuteOfDay: number; weekend: boolean };
}

const HOUR_SEC = 3600;
const QUARTER_SEC = HOUR_SEC / 4;
const DAY_SEC = 86_400;
const REMEMBERED_QUARTERS = 10_000;

/** Throws RangeError for a zone that the platform does not know. */
export function zoneClock(timeZone: string): ZoneClock {
  const format = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
  const offsets = new Map<number, number>();

  function offsetSec(epochSec: number): number {
    const quarter = Math.floor(epochSec / QUARTER_SEC);
    let offset = offsets.get(quarter);
    if (offset === undefined) {
      if (offsets.size > REMEMBERED_QUARTERS) offsets.clear();
      const name = format.formatToParts(epochSec * 1000).find((part) => part.type === "timeZoneName")?.value ?? "";
      const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)/.exec(name) ?? [];
      offset = hours === undefined ? 0 : (sign === "-" ? -1 : 1) * (Number(hours) * HOUR_SEC + Number(minutes) * 60);
      offsets.set(quarter, offset);
    }
    return offset;
  }

  return {
    read(epochSec) {
      const local = epochSec + offsetSec(epochSec);
      const sinceMidnight = ((local % DAY_SEC) + DAY_SEC) % DAY_SEC;
      // 1970-01-01 was a Thursday: day 2 and day 3 after it, counted modulo 7, are the weekend.
      const day = ((Math.floor(local / DAY_SEC) % 7) + 7) % 7;
      return { minuteOfDay: Math.floor(sinceMidnight / 60), weekend: day === 2 || day === 3 };
    },
  };
}

/** The travel period of an instant in a time zone. Throws RangeError for a zone that the platform does not know. */
export function periodClock(travel: Pick<Travel, "periodAt">, timeZone: string): (epochSec: number) => number {
  const clock = zoneClock(timeZone);
  return (epochSec) => {
    const { minuteOfDay, weekend } = clock.read(epochSec);
    return travel.periodAt(minuteOfDay, weekend);
  };
}
