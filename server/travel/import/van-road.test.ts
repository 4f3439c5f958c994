import { describe, expect, test } from "vitest";
import { vanRoad } from "./van-road.ts";

const road = (tags: Record<string, string>) => vanRoad({ highway: "residential", ...tags });

describe("where a van may drive", () => {
  test.each([
    [{}, true],
    [{ access: "private" }, false],
    [{ access: "no" }, false],
    [{ access: "no", motor_vehicle: "yes" }, true],
    [{ access: "yes", motor_vehicle: "no" }, false],
    [{ vehicle: "no", goods: "delivery" }, true],
    [{ motor_vehicle: "destination" }, true],
    [{ motor_vehicle: "agricultural;forestry" }, false],
    [{ access: "private; yes" }, true],
    [{ area: "yes" }, false],
    [{ highway: "footway" }, false],
    [{ highway: "construction" }, false],
    [{ highway: "toString" }, false],
    [{ highway: "service", service: "driveway" }, false],
    [{ highway: "service", service: "alley" }, true],
    [{ highway: "track" }, false],
    [{ highway: "track", tracktype: "grade2" }, true],
    [{ highway: "track", surface: "asphalt" }, true],
    [{ oneway: "reversible" }, false],
  ])("%j → %s", (tags, open) => {
    expect(road(tags as Record<string, string>) !== null).toBe(open);
  });
});

test("ramps and roads of unknown class count as what they resemble", () => {
  expect(road({ highway: "motorway_link" })?.roadClass).toBe("motorway");
  expect(road({ highway: "road" })?.roadClass).toBe("unclassified");
  expect(road({ highway: "unclassified;tertiary" })?.roadClass).toBe("unclassified");
});

describe("one-way streets", () => {
  test.each([
    [{}, 0],
    [{ oneway: "yes" }, 1],
    [{ oneway: "-1" }, -1],
    [{ oneway: "no" }, 0],
    [{ junction: "roundabout" }, 1],
    [{ junction: "roundabout", oneway: "no" }, 0],
    [{ highway: "motorway" }, 1],
    [{ highway: "motorway_link" }, 0],
    [{ oneway: "yes", "oneway:motor_vehicle": "no" }, 0],
  ])("%j → %s", (tags, oneway) => {
    expect(road(tags as Record<string, string>)?.oneway).toBe(oneway);
  });
});

describe("posted limits in km/h", () => {
  test.each([
    [{}, 0],
    [{ maxspeed: "50" }, 50],
    [{ maxspeed: "30 mph" }, 48],
    [{ maxspeed: "40mph" }, 64],
    [{ maxspeed: "80 km/h" }, 80],
    [{ maxspeed: "50; 40" }, 50],
    [{ maxspeed: "walk" }, 7],
    [{ maxspeed: "none" }, 130],
    [{ maxspeed: "signals" }, 0],
    [{ maxspeed: "PT:urban" }, 50],
    [{ maxspeed: "DE:rural" }, 100],
    [{ maxspeed: "MT:rural" }, 80],
    [{ maxspeed: "PT:rural" }, 90],
    [{ maxspeed: "DE:zone:30" }, 30],
    [{ maxspeed: "FR:zone30" }, 30],
    [{ "maxspeed:type": "GB:nsl_single" }, 97],
    [{ "source:maxspeed": "sign" }, 0],
  ])("%j → %s", (tags, limitKph) => {
    expect(road(tags as Record<string, string>)?.limitKph).toBe(limitKph);
  });
});

test("a road is called by its name, or else by its number", () => {
  expect(road({ name: "Rua do Almada", ref: "N 12" })?.name).toBe("Rua do Almada");
  expect(road({ ref: "N 12" })?.name).toBe("N 12");
  expect(road({})?.name).toBe("");
});

test("bridge, tunnel and surface are kept", () => {
  expect(road({ bridge: "viaduct", surface: "gravel" })).toMatchObject({
    bridge: true,
    tunnel: false,
    surface: "unpaved",
  });
  expect(road({ tunnel: "no", surface: "sett" })).toMatchObject({ bridge: false, tunnel: false, surface: "paved" });
});
