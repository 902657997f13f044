/** Takes what doesn't hold, in a sentence; `seq` where it is about one entry. */
export type Report = (message: string, seq?: number) => void;
