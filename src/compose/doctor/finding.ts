/** What the doctor says of one thing it looked at. */
export interface Finding {
  /** `fault`: it does not work, or is not safe as it stands; `warning`: it is worth knowing before it happens */
  readonly state: 'ok' | 'warning' | 'fault';
  /** what was looked at, in a word or two */
  readonly about: string;
  readonly message: string;
  readonly hint?: string;
}

export const ok = (about: string, message: string): Finding => ({ state: 'ok', about, message });
export const warning = (about: string, message: string, hint: string): Finding => ({
  state: 'warning',
  about,
  message,
  hint,
});
export const fault = (about: string, message: string, hint: string): Finding => ({
  state: 'fault',
  about,
  message,
  hint,
});
