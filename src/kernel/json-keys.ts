const FEW = 8;

/** How a reader that minds no case sees a key: `Method` and `method` are alike, and so are `ſ` and `s`. */
export function foldKey(key: string): string {
  return key.toWellFormed().toUpperCase().toLowerCase();
}

/** The keys of one object so far. Most objects have few: then a list is faster than a set. */
export class KeySet {
  private readonly exact: string[] = [];
  private readonly folded: string[] = [];
  private exactSet: Set<string> | undefined;
  private foldedSet: Set<string> | undefined;

  /** `same`: it is there already; `alike`: one that differs in case only is. */
  add(key: string): 'new' | 'same' | 'alike' {
    const folded = foldKey(key);
    if (this.exactSet === undefined || this.foldedSet === undefined) {
      if (this.exact.includes(key)) return 'same';
      const alike = this.folded.includes(folded);
      this.exact.push(key);
      this.folded.push(folded);
      if (this.exact.length > FEW) {
        this.exactSet = new Set(this.exact);
        this.foldedSet = new Set(this.folded);
      }
      return alike ? 'alike' : 'new';
    }
    if (this.exactSet.has(key)) return 'same';
    const alike = this.foldedSet.has(folded);
    this.exactSet.add(key);
    this.foldedSet.add(folded);
    return alike ? 'alike' : 'new';
  }
}
