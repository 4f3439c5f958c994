/** Colours of the base map. Muted, so that routes, stops and vans are what one sees. */
export interface Palette {
  readonly land: string;
  readonly built: string;
  readonly park: string;
  readonly water: string;
  readonly road: string;
  /** Of the smaller roads, seen from far away. */
  readonly roadFar: string;
  readonly roadMajor: string;
  readonly casing: string;
  readonly casingMajor: string;
  readonly bridge: string;
  readonly track: string;
  readonly label: string;
  readonly labelQuiet: string;
  readonly labelPark: string;
  readonly labelWater: string;
  readonly halo: string;
}

export type Theme = "light" | "dark";

export const PALETTES: Record<Theme, Palette> = {
  light: {
    land: "#f6f3ed",
    built: "#eeeae2",
    park: "#dce8d0",
    water: "#bfd9e5",
    road: "#ffffff",
    roadFar: "#e2dbce",
    roadMajor: "#fdf1d6",
    casing: "#dcd5c9",
    casingMajor: "#e0cfa6",
    bridge: "#b9b0a1",
    track: "#d6cdbb",
    label: "#4b463e",
    labelQuiet: "#8a8274",
    labelPark: "#6b8a58",
    labelWater: "#5b8aa5",
    halo: "#faf8f4",
  },
  dark: {
    land: "#191917",
    built: "#20201d",
    park: "#1f2b1e",
    water: "#1b3240",
    road: "#383733",
    roadFar: "#2f2e2b",
    roadMajor: "#4d4738",
    casing: "#151513",
    casingMajor: "#17150f",
    bridge: "#5a554b",
    track: "#302e29",
    label: "#d4cec3",
    labelQuiet: "#8f897e",
    labelPark: "#7f9a70",
    labelWater: "#6f9db8",
    halo: "#1a1a18",
  },
};
