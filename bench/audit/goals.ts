/** A row's last cell: the goal, and whether it was met. */
export function judged(value: number, relation: '≥' | '≤', goal: number, unit = ''): string {
  const met = relation === '≥' ? value >= goal : value <= goal;
  return `${relation} ${count(goal)}${unit} ${met ? 'met' : 'MISSED'}`;
}

export function count(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 2 : 0 });
}

export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
