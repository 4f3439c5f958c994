import type { ReactNode } from "react";

/** A drawing for a product that has no photograph: simple shapes in its category's tint, a little different for each SKU. */
export function ProductArt({ skuId, category, className }: { skuId: string; category: string; className?: string }) {
  const motif = MOTIFS.find(({ words }) => words.test(category)) ?? PARCEL;
  const seed = hash(skuId);
  const hue = motif.hue + ((seed % 7) - 3) * 5;
  const tint = (lightness: string, chroma: number) => `oklch(${lightness} ${chroma} ${hue})`;
  return (
    <svg
      viewBox="0 0 120 90"
      className={className}
      aria-hidden="true"
      preserveAspectRatio="xMidYMid slice"
      style={
        {
          "--ground": `light-dark(${tint("0.955", 0.022)}, ${tint("0.27", 0.022)})`,
          "--soft": `light-dark(${tint("0.87", 0.06)}, ${tint("0.42", 0.05)})`,
          "--mid": `light-dark(${tint("0.74", 0.1)}, ${tint("0.58", 0.09)})`,
          "--deep": `light-dark(${tint("0.55", 0.1)}, ${tint("0.74", 0.1)})`,
        } as Record<string, string>
      }
    >
      <rect width="120" height="90" fill="var(--ground)" />
      <ellipse cx="60" cy="74" rx="32" ry="3.5" fill="var(--soft)" opacity="0.6" />
      <g transform={`translate(60 46) rotate(${((seed >> 3) % 9) - 4}) scale(${0.94 + ((seed >> 6) % 5) * 0.03})`}>
        {motif.draw(seed)}
      </g>
    </svg>
  );
}

interface Motif {
  readonly words: RegExp;
  readonly hue: number;
  /** Drawn around (0, 0), within 60 × 56. */
  readonly draw: (seed: number) => ReactNode;
}

const fill = { soft: "var(--soft)", mid: "var(--mid)", deep: "var(--deep)" };

const MOTIFS: readonly Motif[] = [
  {
    words: /fruit/i,
    hue: 28,
    draw: (seed) => (
      <>
        {seed % 2 === 0 && <circle cx="15" cy="10" r="16" fill={fill.soft} />}
        <circle cx={seed % 2 === 0 ? -8 : 0} cy="6" r="21" fill={fill.mid} />
        <path d="M-3 -14c0 -8 6 -12 13 -12c0 8 -6 12 -13 12z" fill={fill.deep} />
      </>
    ),
  },
  {
    words: /vegetable/i,
    hue: 62,
    draw: () => (
      <>
        <path d="M-12 -10c10 -6 18 2 16 10l-18 26c-3 4 -9 1 -8 -4z" fill={fill.mid} />
        <path d="M-2 -10c0 -10 6 -16 14 -18c2 8 -2 16 -10 22z" fill={fill.deep} />
        <path d="M2 -8c8 -6 16 -6 22 -2c-4 8 -12 10 -20 6z" fill={fill.soft} />
      </>
    ),
  },
  {
    words: /salad|green|herb/i,
    hue: 135,
    draw: () => (
      <>
        <path d="M0 28c-20 -6 -28 -24 -22 -44c14 2 24 16 22 44z" fill={fill.soft} />
        <path d="M0 28c20 -6 28 -24 22 -44c-14 2 -24 16 -22 44z" fill={fill.mid} />
        <path d="M0 28c-8 -18 -8 -36 0 -54c8 18 8 36 0 54z" fill={fill.deep} />
      </>
    ),
  },
  {
    words: /bak|bread/i,
    hue: 75,
    draw: () => (
      <>
        <path d="M-28 8c0 -16 12 -24 28 -24s28 8 28 24c0 10 -4 18 -8 18h-40c-4 0 -8 -8 -8 -18z" fill={fill.mid} />
        <path
          d="M-14 -6l6 12M-1 -9l6 12M12 -7l6 12"
          stroke={fill.deep}
          strokeWidth="4"
          strokeLinecap="round"
          fill="none"
        />
      </>
    ),
  },
  {
    words: /dairy|egg|milk/i,
    hue: 240,
    draw: () => (
      <>
        <path d="M-16 -10l8 -16h16l8 16v36a3 3 0 0 1 -3 3h-26a3 3 0 0 1 -3 -3z" fill={fill.soft} />
        <path d="M-8 -26h16l8 16h-32z" fill={fill.mid} />
        <path d="M-16 6c8 -6 24 6 32 0v14c-8 6 -24 -6 -32 0z" fill={fill.deep} opacity="0.75" />
      </>
    ),
  },
  {
    words: /cheese/i,
    hue: 90,
    draw: () => (
      <>
        <path d="M-28 4l36 -22c12 2 20 10 20 22z" fill={fill.soft} />
        <path d="M-28 4h56v20h-56z" fill={fill.mid} />
        <circle cx="-12" cy="14" r="4" fill={fill.deep} />
        <circle cx="8" cy="11" r="3" fill={fill.deep} />
        <circle cx="18" cy="19" r="2.5" fill={fill.deep} />
      </>
    ),
  },
  {
    words: /meat|fish/i,
    hue: 15,
    draw: () => (
      <>
        <path d="M-26 2c10 -20 34 -20 44 0c-10 20 -34 20 -44 0z" fill={fill.mid} />
        <path d="M16 2l14 -12v24z" fill={fill.soft} />
        <path d="M-4 -11c6 8 6 18 0 26" stroke={fill.deep} strokeWidth="3" fill="none" strokeLinecap="round" />
        <circle cx="-14" cy="-1" r="2.6" fill={fill.deep} />
      </>
    ),
  },
  {
    words: /ready|meal|deli/i,
    hue: 45,
    draw: () => (
      <>
        <path d="M-30 2h60c0 16 -12 24 -30 24s-30 -8 -30 -24z" fill={fill.mid} />
        <rect x="-32" y="-3" width="64" height="7" rx="3.5" fill={fill.deep} />
        <path
          d="M-12 -10c-5 -5 5 -9 0 -15M4 -10c-5 -5 5 -9 0 -15"
          stroke={fill.soft}
          strokeWidth="4"
          fill="none"
          strokeLinecap="round"
        />
      </>
    ),
  },
  {
    words: /frozen|ice/i,
    hue: 225,
    draw: () => (
      <>
        <rect x="-22" y="-22" width="44" height="48" rx="8" fill={fill.soft} />
        <g stroke={fill.deep} strokeWidth="3.4" strokeLinecap="round" transform="translate(0 2)">
          <path d="M0 -14v28M-12 -7l24 14M-12 7l24 -14" />
          <path d="M-4 -11l4 4l4 -4M-4 11l4 -4l4 4" fill="none" strokeWidth="2.6" />
        </g>
      </>
    ),
  },
  {
    words: /pantry|cupboard|tin|pasta/i,
    hue: 50,
    draw: () => (
      <>
        <rect x="-18" y="-16" width="36" height="44" rx="7" fill={fill.soft} />
        <rect x="-14" y="-26" width="28" height="11" rx="3.5" fill={fill.deep} />
        <path d="M-18 0h36v16h-36z" fill={fill.mid} />
      </>
    ),
  },
  {
    words: /breakfast|cereal|spread/i,
    hue: 82,
    draw: () => (
      <>
        <path d="M-28 0h56c0 18 -10 28 -28 28s-28 -10 -28 -28z" fill={fill.mid} />
        <path d="M-24 0c2 -10 10 -12 14 -8c4 -8 14 -8 18 0c6 -4 14 0 16 8z" fill={fill.soft} />
        <circle cx="-6" cy="-5" r="3" fill={fill.deep} />
        <circle cx="9" cy="-3" r="3" fill={fill.deep} />
      </>
    ),
  },
  {
    words: /snack|sweet|biscuit|crisp|chocolate/i,
    hue: 345,
    draw: () => (
      <>
        <path
          d="M-20 -24l5 4l5 -4l5 4l5 -4l5 4l5 -4l5 4l5 -4v52l-5 -4l-5 4l-5 -4l-5 4l-5 -4l-5 4l-5 -4l-5 4z"
          fill={fill.mid}
        />
        <circle cy="4" r="11" fill={fill.soft} />
        <path d="M-4 4l3 3l6 -6" stroke={fill.deep} strokeWidth="3" fill="none" strokeLinecap="round" />
      </>
    ),
  },
  {
    words: /drink|water|wine|beer|juice|coffee|tea/i,
    hue: 195,
    draw: () => (
      <>
        <path
          d="M-7 -28h14v10c0 6 7 8 7 16v26a4 4 0 0 1 -4 4h-20a4 4 0 0 1 -4 -4v-26c0 -8 7 -10 7 -16z"
          fill={fill.soft}
        />
        <rect x="-8" y="-30" width="16" height="7" rx="2.5" fill={fill.deep} />
        <path d="M-14 4h28v14h-28z" fill={fill.mid} />
      </>
    ),
  },
  {
    words: /house|home|clean|laundry/i,
    hue: 265,
    draw: () => (
      <>
        <path
          d="M-12 -8h20c4 6 6 12 6 20v12a4 4 0 0 1 -4 4h-24a4 4 0 0 1 -4 -4v-12c0 -8 2 -14 6 -20z"
          fill={fill.soft}
        />
        <path d="M-10 -26h22l6 6l-8 3v9h-16v-8z" fill={fill.deep} />
        <circle cx="-2" cy="12" r="8" fill={fill.mid} />
      </>
    ),
  },
  {
    words: /care|body|health|beauty|baby/i,
    hue: 310,
    draw: () => (
      <>
        <path d="M-14 -22h28l-5 40h-18z" fill={fill.soft} />
        <rect x="-10" y="17" width="20" height="11" rx="3" fill={fill.deep} />
        <path d="M-13 -12h26l-2 14h-22z" fill={fill.mid} />
      </>
    ),
  },
];

const PARCEL: Motif = {
  words: /$/,
  hue: 60,
  draw: () => (
    <>
      <rect x="-24" y="-16" width="48" height="42" rx="5" fill={fill.soft} />
      <path d="M-24 -16h48v13h-48z" fill={fill.mid} />
      <rect x="-5" y="-16" width="10" height="22" fill={fill.deep} />
    </>
  ),
};

/** FNV-1a, 31 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 1;
}
