/** The guide's secure defaults. */
export interface SecurityConfig {
  readonly inputValidation: boolean;
  readonly secretScanning: boolean;
  readonly pathTraversalProtection: boolean;
  readonly commandInjectionProtection: boolean;
  readonly requireTls: boolean;
  readonly auditLogging: boolean;
  readonly rateLimiting: boolean;
  readonly maxRequestSizeMb: number;
  readonly sessionTimeoutMinutes: number;
}

const DEFAULTS: SecurityConfig = Object.freeze({
  inputValidation: true,
  secretScanning: true,
  pathTraversalProtection: true,
  commandInjectionProtection: true,
  requireTls: true,
  auditLogging: true,
  rateLimiting: true,
  maxRequestSizeMb: 10,
  sessionTimeoutMinutes: 30,
});

export const SecurityConfig = { default: (): SecurityConfig => DEFAULTS };
