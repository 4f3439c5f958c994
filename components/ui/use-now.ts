"use client";

import { useEffect, useState } from "react";
import { skewOf } from "./countdown.tsx";

/**
 * The platform's time in milliseconds, read again every `everyMs`. `platformNow` is what the last answer of the server
 * said: the browser's clock, and the time zone it believes in, may be wrong.
 */
export function useNow(platformNow: string, everyMs = 10_000): number {
  const [now, setNow] = useState(() => Date.parse(platformNow));
  useEffect(() => {
    const skewMs = skewOf(platformNow);
    const read = () => setNow(Date.now() + skewMs);
    read();
    const timer = setInterval(read, everyMs);
    return () => clearInterval(timer);
  }, [platformNow, everyMs]);
  return now;
}
