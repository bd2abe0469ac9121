/** A ZIP file from files in memory, stored without compression (pictures do not shrink). After PKWARE's APPNOTE 6.3. */

let table;
function crc32(data) {
  table ??= Uint32Array.from({ length: 256 }, (_, n) => { let c = n; for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1; return c >>> 0; });
  let crc = 0xffffffff;
  for (const byte of data) crc = table[(crc ^ byte) & 255] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

function header(signature, fields) {
  const bytes = new DataView(new ArrayBuffer(4 + fields.reduce((sum, [size]) => sum + size, 0)));
  bytes.setUint32(0, signature, true);
  let at = 4;
  for (const [size, value] of fields) { if (size === 2) bytes.setUint16(at, value, true); else bytes.setUint32(at, value, true); at += size; }
  return new Uint8Array(bytes.buffer);
}

/** `files`: [{name, data: Uint8Array}] -> Blob. Names are UTF-8. */
export function zip(files) {
  const parts = [], directory = [];
  let offset = 0, directorySize = 0;
  for (const { name, data } of files) {
    const path = new TextEncoder().encode(name), crc = crc32(data);
    const common = [[2, 20], [2, 0x0800], [2, 0], [2, 0], [2, 0x21], [4, crc], [4, data.length], [4, data.length], [2, path.length], [2, 0]];
    const local = header(0x04034b50, common);
    const central = header(0x02014b50, [[2, 20], ...common, [2, 0], [2, 0], [2, 0], [4, 0], [4, offset]]);
    parts.push(local, path, data);
    directory.push(central, path);
    offset += local.length + path.length + data.length;
    directorySize += central.length + path.length;
  }
  const end = header(0x06054b50, [[2, 0], [2, 0], [2, files.length], [2, files.length], [4, directorySize], [4, offset], [2, 0]]);
  return new Blob([...parts, ...directory, end], { type: "application/zip" });
}
