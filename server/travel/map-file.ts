import { createHash, randomUUID } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { crc32 } from "node:zlib";

/*
 * A map file (*.keptmap) holds everything one network needs: the road graph, its hierarchies, street names, tiles.
 *
 *   0  "KEPTMAP\n"
 *   8  u32 format version
 *  12  u32 length of the header
 *  16  u32 CRC-32 of the header
 *  20  u32 zero
 *  24  header: UTF-8 JSON, with the table of sections
 *   …  zeros up to a multiple of 8, then the sections, each starting on a multiple of 8
 *
 * Numbers are little-endian. A section's place is counted from the end of the header, so the header may say it
 * without knowing its own length.
 */

const MAGIC = "KEPTMAP\n";
const FORMAT_VERSION = 1;
const PREAMBLE_BYTES = 24;
const ALIGN_BYTES = 8;

/** What the map says of itself; written by the compiler, shown to people. */
export interface MapHeader {
  readonly name: string;
  /** Must be shown wherever the map or anything derived from it is. */
  readonly attribution: string;
  /** West, south, east, north in degrees. */
  readonly bbox: readonly [number, number, number, number];
  /** What it was made from: a file's name, or the generator and its seed. */
  readonly createdFrom: string;
  /** Junctions, edges, kilometres, tiles …: for summaries; nothing depends on them. */
  readonly counts: Readonly<Record<string, number>>;
}

export type SectionArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

const ARRAY_TYPES = {
  u8: Uint8Array,
  i8: Int8Array,
  u16: Uint16Array,
  i16: Int16Array,
  u32: Uint32Array,
  i32: Int32Array,
  f32: Float32Array,
  f64: Float64Array,
} as const;
type ArrayTypeName = keyof typeof ARRAY_TYPES;
type ArrayOf<T extends ArrayTypeName> = InstanceType<(typeof ARRAY_TYPES)[T]>;

/** Bytes that stay on disk when the file is opened, and are read by range: tiles. Their owner guards them against damage. */
export interface RangedSection {
  readonly ranged: Uint8Array | readonly Uint8Array[];
}

export type Sections = Readonly<Record<string, SectionArray | RangedSection>>;

interface SectionEntry {
  readonly name: string;
  readonly type: ArrayTypeName;
  /** From the end of the padded header. */
  readonly offset: number;
  readonly bytes: number;
  readonly crc32: number;
  readonly ranged: boolean;
}

export type MapFileFault =
  | "missing"
  | "unreadable"
  | "not-a-map"
  | "newer-format"
  | "older-format"
  | "truncated"
  | "damaged"
  | "unwritable";

/** A map file that cannot be used; the message is one sentence for an operator, with the remedy. */
export class MapFileError extends Error {
  override readonly name = "MapFileError";
  readonly fault: MapFileFault;
  constructor(fault: MapFileFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}

export interface MapFile {
  readonly path: string;
  readonly header: MapHeader;
  /** Sixteen hex digits that change with any byte of the map: the key of everything cached from it. */
  readonly version: string;
  readonly sizeBytes: number;
  has(name: string): boolean;
  /** A section that was read at opening, without copying. Throws when it is absent, of another type, or ranged. */
  array<T extends ArrayTypeName>(name: string, type: T): ArrayOf<T>;
  /** Length of a section, ranged or not. */
  byteLength(name: string): number;
  /** Some bytes of a ranged section, read from disk now. The file must not have been replaced meanwhile: a map is opened once and kept. */
  read(name: string, offset: number, length: number): Uint8Array;
  /** Closes the file; arrays stay usable, `read` does not. */
  close(): void;
}

/**
 * Writes a map, whole or not at all: a temporary file beside it, flushed, then renamed over it.
 * The same header and sections always give the same bytes. Throws {@link MapFileError} "unwritable".
 */
export async function writeMapFile(
  path: string,
  header: MapHeader,
  sections: Sections,
): Promise<{ sizeBytes: number }> {
  const table: SectionEntry[] = [];
  const chunks: Uint8Array[] = [];
  let offset = 0;
  for (const [name, section] of Object.entries(sections)) {
    const isRanged = "ranged" in section;
    const parts = isRanged ? [section.ranged].flat() : [asBytes(section)];
    // Padding goes before a section, so that a file cut anywhere has lost something that counts.
    chunks.push(new Uint8Array(paddingAfter(offset)));
    offset += paddingAfter(offset);
    let bytes = 0;
    let checksum = 0;
    for (const part of parts) {
      bytes += part.byteLength;
      checksum = crc32(part, checksum);
      chunks.push(part);
    }
    table.push({ name, type: isRanged ? "u8" : typeNameOf(section), offset, bytes, crc32: checksum, ranged: isRanged });
    offset += bytes;
  }
  const headerBytes = Buffer.from(JSON.stringify({ ...header, sections: table }), "utf8");
  const preamble = Buffer.alloc(PREAMBLE_BYTES);
  preamble.write(MAGIC, 0, "latin1");
  preamble.writeUInt32LE(FORMAT_VERSION, 8);
  preamble.writeUInt32LE(headerBytes.byteLength, 12);
  preamble.writeUInt32LE(crc32(headerBytes), 16);

  // The web server's bundle holds this file to read maps: untold, its build takes these two for paths into the project.
  const temporary = join(/* turbopackIgnore: true */ dirname(path), `.${basename(path)}.${randomUUID()}`);
  try {
    const file = await open(/* turbopackIgnore: true */ temporary, "wx");
    try {
      await file.appendFile(preamble);
      await file.appendFile(headerBytes);
      await file.appendFile(new Uint8Array(paddingAfter(headerBytes.byteLength)));
      for (const chunk of chunks) if (chunk.byteLength > 0) await file.appendFile(chunk);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new MapFileError("unwritable", `${path} cannot be written: ${reasonOf(error)}.`, { cause: error });
  }
  return { sizeBytes: dataStart(headerBytes.byteLength) + offset };
}

/**
 * Opens a map and reads its sections (those whose name starts with one of `prefixes`, or all) into memory once,
 * checking each. Ranged sections are left on disk. Throws {@link MapFileError}.
 */
export function openMapFile(path: string, prefixes: readonly string[] = [""]): MapFile {
  const fd = openForReading(path);
  try {
    return readMap(fd, path, prefixes);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function readMap(fd: number, path: string, prefixes: readonly string[]): MapFile {
  const stats = fstatSync(fd);
  if (!stats.isFile()) throw new MapFileError("not-a-map", `${path} is not a file.`);
  const sizeBytes = stats.size;
  const preamble = Buffer.alloc(PREAMBLE_BYTES);
  const preambleRead = readFully(fd, preamble, 0);
  if (preamble.toString("latin1", 0, MAGIC.length) !== MAGIC)
    throw new MapFileError(
      "not-a-map",
      `${path} is not a Kept map; "kept import-roads" and "kept make-city" write them.`,
    );
  const truncated = () =>
    new MapFileError(
      "truncated",
      `${path} ends too early: its copying or writing was cut short. Make or copy it again.`,
    );
  const damaged = (what: string) =>
    new MapFileError("damaged", `${path} is damaged: ${what} does not match its checksum. Make or copy it again.`);
  if (preambleRead < PREAMBLE_BYTES) throw truncated();
  const format = preamble.readUInt32LE(8);
  if (format > FORMAT_VERSION)
    throw new MapFileError(
      "newer-format",
      `${path} has map format ${format} and this Kept reads ${FORMAT_VERSION}: update Kept or make the map again with this one.`,
    );
  if (format < FORMAT_VERSION)
    throw new MapFileError(
      "older-format",
      `${path} has map format ${format} and this Kept reads ${FORMAT_VERSION}: make the map again.`,
    );
  const headerLength = preamble.readUInt32LE(12);
  const start = dataStart(headerLength);
  if (start > sizeBytes) throw truncated();
  const headerBytes = Buffer.alloc(headerLength);
  if (readFully(fd, headerBytes, PREAMBLE_BYTES) < headerLength) throw truncated();
  if (crc32(headerBytes) !== preamble.readUInt32LE(16)) throw damaged("its header");
  const { sections, ...header } = JSON.parse(headerBytes.toString("utf8")) as MapHeader & { sections: SectionEntry[] };

  const table = new Map(sections.map((entry) => [entry.name, entry]));
  const arrays = new Map<string, SectionArray>();
  for (const entry of sections) {
    if (start + entry.offset + entry.bytes > sizeBytes) throw truncated();
    if (entry.ranged || !prefixes.some((prefix) => entry.name.startsWith(prefix))) continue;
    const bytes = new Uint8Array(entry.bytes);
    if (readFully(fd, bytes, start + entry.offset) < entry.bytes) throw truncated();
    if (crc32(bytes) !== entry.crc32) throw damaged(`section "${entry.name}"`);
    const type = ARRAY_TYPES[entry.type];
    arrays.set(entry.name, new type(bytes.buffer, 0, entry.bytes / type.BYTES_PER_ELEMENT));
  }

  const entryOf = (name: string): SectionEntry => {
    const entry = table.get(name);
    if (entry === undefined)
      throw new MapFileError("damaged", `${path} has no section "${name}": make the map again with this Kept.`);
    return entry;
  };
  let isOpen = true;
  return {
    path,
    header,
    version: createHash("sha256").update(headerBytes).digest("hex").slice(0, 16),
    sizeBytes,
    has: (name) => table.has(name),
    array: (name, type) => {
      const found = arrays.get(name);
      if (found === undefined) {
        entryOf(name);
        throw new Error(`section "${name}" was not read when ${path} was opened`);
      }
      if (!(found instanceof ARRAY_TYPES[type])) throw new Error(`section "${name}" is not of type ${type}`);
      return found as ArrayOf<typeof type>;
    },
    byteLength: (name) => entryOf(name).bytes,
    read: (name, offset, length) => {
      const entry = entryOf(name);
      if (!isOpen) throw new Error(`${path} was closed`);
      if (!entry.ranged || offset < 0 || length < 0 || offset + length > entry.bytes)
        throw new RangeError(`no bytes ${offset}+${length} in ranged section "${name}" of ${path}`);
      const bytes = new Uint8Array(length);
      if (readFully(fd, bytes, start + entry.offset + offset) < length) throw truncated();
      return bytes;
    },
    close: () => {
      if (isOpen) closeSync(fd);
      isOpen = false;
    },
  };
}

function openForReading(path: string): number {
  try {
    return openSync(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT")
      throw new MapFileError(
        "missing",
        `${path} does not exist; "kept import-roads" and "kept make-city" write maps.`,
        {
          cause: error,
        },
      );
    throw new MapFileError("unreadable", `${path} cannot be read: ${reasonOf(error)}.`, { cause: error });
  }
}

/** Bytes read: fewer than asked for only at the end of the file. One call reads at most 2 GiB, so it may take several. */
function readFully(fd: number, into: Uint8Array, position: number): number {
  let done = 0;
  while (done < into.byteLength) {
    const count = readSync(fd, into, done, Math.min(into.byteLength - done, 1 << 30), position + done);
    if (count === 0) break;
    done += count;
  }
  return done;
}

function asBytes(array: SectionArray): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function typeNameOf(array: SectionArray): ArrayTypeName {
  for (const name of Object.keys(ARRAY_TYPES) as ArrayTypeName[]) if (array instanceof ARRAY_TYPES[name]) return name;
  throw new TypeError("a section must be a typed array");
}

function paddingAfter(bytes: number): number {
  return (ALIGN_BYTES - (bytes % ALIGN_BYTES)) % ALIGN_BYTES;
}

function dataStart(headerBytes: number): number {
  return PREAMBLE_BYTES + headerBytes + paddingAfter(headerBytes);
}

function reasonOf(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case "ENOENT":
      return "its folder does not exist";
    case "ENOSPC":
      return "the disk is full";
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return "writing there is not allowed";
    case "EISDIR":
      return "it is a folder";
    default:
      return (error as Error).message;
  }
}
