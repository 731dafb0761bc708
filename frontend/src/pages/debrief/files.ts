// A file on its way to the server.

/** The most that the server reads of a transcript, in bytes. */
export const MOST = 8 * 1024 * 1024;

/** The bytes of a file in base64. */
export async function base64(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let found = "";
  // the arguments of one call are bounded
  for (let at = 0; at < bytes.length; at += 0x8000) found += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(found);
}
