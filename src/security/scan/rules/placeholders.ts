/** Documentation shows tokens of one letter, of counting digits, of dots. */
export function isFiller(secret: string): boolean {
  const body = secret.slice(Math.floor(secret.length / 3));
  return isMonotonous(body) || /(.)\1{7}|0123456789|123456789|abcdefghij|example|xxxx|your[-_]?|<|\.\.\./i.test(secret);
}

function isMonotonous(body: string): boolean {
  const kinds = new Set(body).size;
  return kinds < 6 && kinds * 2 <= body.length;
}

const USUAL =
  /^(?:pass(?:word|wd|phrase)?|pwd|secret|guest|admin|root|user(?:name)?|test(?:ing)?|demo|foo|bar|baz|changeme|example|postgres|mysql|redis|token|key|x+|\*+|\.+|my[-_]?password|p@ssw0rd|1234.*)\d*$/i;

/** Not a placeholder, nor a reference to a value that stands elsewhere. */
export function isPassword(secret: string): boolean {
  if (/your[-_]|replace[-_]?(?:with|me)|placeholder|change[-_]?(?:me|it)/i.test(secret)) return false;
  if (USUAL.test(secret) || /^[${<[(]|\$\{|\}\}|^\*+$|^\.+$/.test(secret)) return false;
  // What a text is put into is short; a long one is made by chance.
  if (secret.length < 24 && /^%|%[sd]\b/.test(secret)) return false;
  return new Set(secret).size >= 4;
}
