/** What a token of app/globals.css says now, for layers that cannot read CSS themselves. */
export function mapColour(token: string, fallback: string): string {
  const value = getComputedStyle(document.documentElement).getPropertyValue(token).trim();
  return value === "" ? fallback : value;
}

const ROUTE_FALLBACKS = ["#0f6b5a", "#b4480c", "#2f5fa8", "#8a3a86", "#6b7a00", "#c0305a", "#00788f", "#7a5230"];

/** The colour of a van and its route; numbers beyond the tokens begin again. */
export function routeColour(number: number): string {
  const index = ((number % ROUTE_FALLBACKS.length) + ROUTE_FALLBACKS.length) % ROUTE_FALLBACKS.length;
  return mapColour(`--route-${index + 1}`, ROUTE_FALLBACKS[index]!);
}
