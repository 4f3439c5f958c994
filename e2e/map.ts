import type { Map as MapLibreMap } from "maplibre-gl";
import { expect, type Page } from "./world.ts";

/**
 * Waits until the map of this name has drawn its tiles and, in its middle, at least `count` features: those of `layer`,
 * or of the city itself when none is named.
 */
export async function expectDrawn(
  page: Page,
  label: string,
  { layer, count }: { layer?: string; count: number },
): Promise<void> {
  const canvas = page.getByRole("region", { name: label });
  await expect(canvas).toBeVisible();
  await expect
    .poll(() => canvas.evaluate(countFeatures, layer), { message: `features on "${label}"`, timeout: 90_000 })
    .toBeGreaterThanOrEqual(count);
}

/**
 * Runs in the page. The map is an object of ours in React's keeping: it is found from its element upwards, so that the
 * product need not hang it out of the window for its tests.
 */
function countFeatures(canvas: Element, layer: string | undefined): number {
  interface Hook {
    readonly memoizedState: unknown;
    readonly next: Hook | null;
  }
  interface Fiber {
    readonly memoizedState: Hook | null;
    readonly return: Fiber | null;
  }
  const isMap = (value: unknown): value is MapLibreMap =>
    typeof value === "object" && value !== null && "queryRenderedFeatures" in value;
  const fiberOf = (element: Element): Fiber | null => {
    const key = Object.keys(element).find((name) => name.startsWith("__reactFiber$"));
    return key ? (element as unknown as Record<string, Fiber>)[key]! : null;
  };
  // The canvas is the map's own; the first element around it that React knows is ours.
  let element: Element | null = canvas;
  while (element && !fiberOf(element)) element = element.parentElement;
  let fiber = element && fiberOf(element);
  for (; fiber; fiber = fiber.return) {
    for (let hook = fiber.memoizedState; hook && typeof hook === "object" && "next" in hook; hook = hook.next) {
      const map = hook.memoizedState;
      if (!isMap(map)) continue;
      if (!map.loaded() || !map.areTilesLoaded()) return 0;
      if (layer) return map.getLayer(layer) ? map.queryRenderedFeatures({ layers: [layer] }).length : 0;
      // A whole city would be tens of thousands.
      const { clientWidth: width, clientHeight: height } = map.getCanvas();
      const corner = (side: number): [number, number] => [width / 2 + side * 80, height / 2 + side * 80];
      return map.queryRenderedFeatures([corner(-1), corner(1)]).length;
    }
  }
  return 0;
}
