/** The binary forms of OpenSSH (RFC 4251 §5): strings are a length in four bytes and that many bytes. */

export function sshString(data: string | Uint8Array): Buffer {
  const bytes = Buffer.from(data as string);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

export interface SshReader {
  string(): Buffer;
  uint32(): number;
  byte(): number;
  /** true where everything was read and nothing was missing */
  isWhole(): boolean;
}

/** Reads one after the other; what is missing reads as empty or 0, and `isWhole` tells. */
export function readSsh(bytes: Uint8Array): SshReader {
  const data = Buffer.from(bytes);
  let at = 0;
  let short = false;
  const take = (length: number): Buffer => {
    if (at + length > data.length) {
      short = true;
      at = data.length;
      return Buffer.alloc(0);
    }
    at += length;
    return data.subarray(at - length, at);
  };
  const uint32 = (): number => {
    const four = take(4);
    return four.length === 4 ? four.readUInt32BE() : 0;
  };
  return {
    uint32,
    string: () => take(uint32()),
    byte: () => take(1)[0] ?? 0,
    isWhole: () => !short && at === data.length,
  };
}
