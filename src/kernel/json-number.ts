/**
 * True where no other JSON number that this holds for reads as the same IEEE 754 double, so that nothing is lost by
 * reading it as one. Errs towards false.
 */
export function isExactNumber(token: string): boolean {
  const value = Number(token);
  if (!Number.isFinite(value)) return false;
  if (JSON.stringify(value) === token) return true;
  const digits = token
    .replace(/[eE].*$/, '')
    .replace(/[-.]/g, '')
    .replace(/^0+/, '');
  // up to 15 significant digits survive the way to a normal double and back
  return digits === '' || (digits.length <= 15 && Math.abs(value) >= 2.3e-308);
}
