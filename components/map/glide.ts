/** Where a van is and where its nose points, clockwise from north. */
export interface Pose {
  readonly lng: number;
  readonly lat: number;
  readonly headingDeg: number;
}

/** A van's way from where it was drawn to where it was last heard of. */
export interface Glide {
  readonly from: Pose;
  readonly to: Pose;
  readonly beganMs: number;
  readonly lastsMs: number;
}

/** The pose at a moment; before its beginning the first one, after its end the last. Turns go the short way round. */
export function poseAt({ from, to, beganMs, lastsMs }: Glide, nowMs: number): Pose {
  const share = lastsMs <= 0 ? 1 : Math.min(1, Math.max(0, (nowMs - beganMs) / lastsMs));
  const turn = ((((to.headingDeg - from.headingDeg) % 360) + 540) % 360) - 180;
  return {
    lng: from.lng + (to.lng - from.lng) * share,
    lat: from.lat + (to.lat - from.lat) * share,
    headingDeg: (from.headingDeg + turn * share + 360) % 360,
  };
}

/** The compass bearing of the way from a to b, or `otherwise` when they are within a few metres. */
export function bearingDeg(a: Pose, b: { readonly lng: number; readonly lat: number }, otherwise: number): number {
  const east = (b.lng - a.lng) * Math.cos((a.lat * Math.PI) / 180);
  const north = b.lat - a.lat;
  if (Math.hypot(east, north) < 4e-5) return otherwise;
  return ((Math.atan2(east, north) * 180) / Math.PI + 360) % 360;
}
