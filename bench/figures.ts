/** What a benchmark found: one flat object, every name ends in its unit (`quote_p50_ms`). */
export type Figures = Record<string, number>;

export function roundFigure(value: number): number {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return Number(value.toFixed(digits));
}
