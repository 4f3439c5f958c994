import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { inflateSync, zstdDecompressSync } from "node:zlib";
import { PbfReader } from "pbf";

/*
 * An OpenStreetMap extract in PBF: a row of blobs, each with its length, a header and (mostly compressed) content. The
 * first content is a HeaderBlock, the others are PrimitiveBlocks of nodes, ways or relations.
 * Format: https://wiki.openstreetmap.org/wiki/PBF_Format, field numbers from osmformat.proto.
 */

export type OsmFileFault = "missing" | "unreadable" | "not-pbf" | "damaged" | "unsupported" | "no-roads";

/** An extract that cannot be used; the message is one sentence for an operator. */
export class OsmFileError extends Error {
  override readonly name = "OsmFileError";
  readonly fault: OsmFileFault;
  constructor(fault: OsmFileFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}

export interface OsmFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** West, south, east, north in degrees, when the extract says. */
  readonly bbox: readonly [number, number, number, number] | null;
  /** Blocks of nodes, ways and relations, in file order. */
  readonly blocks: readonly BlobPlace[];
  /** Reads and inflates one block, and hands it to `decode`; whatever fails in either is a damaged file. */
  decodeBlock(block: BlobPlace, decode: (content: Uint8Array) => void): void;
  close(): void;
}

export interface BlobPlace {
  readonly offset: number;
  readonly length: number;
}

export type Tags = Readonly<Record<string, string>>;

const MAX_BLOB_HEADER_BYTES = 64 * 1024;
const MAX_BLOB_BYTES = 32 * 1024 * 1024;
const KNOWN_FEATURES = new Set(["OsmSchema-V0.6", "DenseNodes"]);

/** Opens an extract and walks its blob headers, so that a cut or foreign file is found before any work is done. */
export function openOsmFile(path: string): OsmFile {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new OsmFileError(
      missing ? "missing" : "unreadable",
      missing ? `${path} does not exist.` : `${path} cannot be read: ${(error as Error).message}.`,
      { cause: error },
    );
  }
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile()) throw new OsmFileError("not-pbf", `${path} is not a file.`);
    const { header, blocks } = findBlobs(fd, path, stats.size);
    const file: OsmFile = {
      path,
      sizeBytes: stats.size,
      blocks,
      bbox: null,
      decodeBlock: (block, decode) => {
        try {
          decode(readBlob(fd, path, block));
        } catch (error) {
          if (error instanceof OsmFileError) throw error;
          throw damaged(path, block.offset, error);
        }
      },
      close: () => closeSync(fd),
    };
    let bbox: OsmFile["bbox"] = null;
    file.decodeBlock(header, (content) => {
      bbox = readHeader(content, path);
    });
    return { ...file, bbox };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function damaged(path: string, offset: number, cause?: unknown): OsmFileError {
  return new OsmFileError("damaged", `${path} is damaged at byte ${offset}: download it again.`, { cause });
}

function findBlobs(fd: number, path: string, sizeBytes: number): { header: BlobPlace; blocks: BlobPlace[] } {
  if (sizeBytes === 0) throw new OsmFileError("not-pbf", `${path} is empty.`);
  const blocks: BlobPlace[] = [];
  let header: BlobPlace | null = null;
  const lengthBytes = Buffer.alloc(4);
  for (let at = 0; at < sizeBytes; ) {
    // Whatever is wrong with the very first blob means that this was never an extract.
    const wrong = () =>
      header === null
        ? new OsmFileError("not-pbf", `${path} is not an OpenStreetMap extract in PBF format (*.osm.pbf).`)
        : damaged(path, at);
    if (at + 4 > sizeBytes) throw wrong();
    readSync(fd, lengthBytes, 0, 4, at);
    const headerLength = lengthBytes.readUInt32BE(0);
    if (headerLength > MAX_BLOB_HEADER_BYTES || at + 4 + headerLength > sizeBytes) throw wrong();
    const headerBytes = Buffer.alloc(headerLength);
    readSync(fd, headerBytes, 0, headerLength, at + 4);
    let type = "";
    let length = -1;
    try {
      const reader = new PbfReader(headerBytes);
      for (let field = reader.nextField(); field > 0; field = reader.nextField()) {
        if (field === 1) type = reader.readString();
        else if (field === 3) length = reader.readVarint(true);
      }
    } catch {
      throw wrong();
    }
    const place = { offset: at + 4 + headerLength, length };
    if (length < 0 || length > MAX_BLOB_BYTES || type === "") throw wrong();
    if (header === null) {
      if (type !== "OSMHeader") throw wrong();
      header = place;
    } else if (type === "OSMData") blocks.push(place);
    if (place.offset + length > sizeBytes)
      throw new OsmFileError("damaged", `${path} ends too early: download it again.`);
    at = place.offset + length;
  }
  return { header: header!, blocks };
}

function readBlob(fd: number, path: string, place: BlobPlace): Uint8Array {
  const bytes = new Uint8Array(place.length);
  readSync(fd, bytes, 0, place.length, place.offset);
  const reader = new PbfReader(bytes);
  let rawSize = -1;
  let content: Uint8Array | null = null;
  for (let field = reader.nextField(); field > 0; field = reader.nextField()) {
    if (field === 2) rawSize = reader.readVarint(true);
    else if (field === 1) content = reader.readBytes();
    else if (field === 3) content = inflateSync(reader.readBytes(), { maxOutputLength: MAX_BLOB_BYTES });
    else if (field === 7) content = zstdDecompressSync(reader.readBytes(), { maxOutputLength: MAX_BLOB_BYTES });
    else if (field >= 4 && field <= 6)
      throw new OsmFileError(
        "unsupported",
        `${path} is packed in a way that Kept does not read: "osmium cat ${path} -o other.osm.pbf" repacks it.`,
      );
  }
  if (content === null || (rawSize >= 0 && content.byteLength !== rawSize)) throw damaged(path, place.offset);
  return content;
}

function readHeader(content: Uint8Array, path: string): OsmFile["bbox"] {
  const reader = new PbfReader(content);
  const corners: Record<number, number> = {};
  for (let field = reader.nextField(); field > 0; field = reader.nextField()) {
    if (field === 1) {
      const end = reader.readVarint() + reader.pos;
      for (let side = reader.nextField(end); side > 0; side = reader.nextField(end))
        corners[side] = reader.readSVarint();
    } else if (field === 4) {
      const feature = reader.readString();
      if (!KNOWN_FEATURES.has(feature))
        throw new OsmFileError("unsupported", `${path} needs the feature "${feature}", which Kept does not read.`);
    }
  }
  const [left, right, top, bottom] = [corners[1], corners[2], corners[3], corners[4]];
  if (left === undefined || right === undefined || top === undefined || bottom === undefined) return null;
  return [left / 1e9, bottom / 1e9, right / 1e9, top / 1e9];
}

export interface BlockReader {
  /** Coordinates in degrees; tags only of nodes that have some. */
  node?(id: number, lng: number, lat: number, tags: Tags | null): void;
  /** `refs` is only valid during the call. */
  way?(refs: readonly number[], tags: Tags, id: number): void;
  relation?(members: readonly Member[], tags: Tags): void;
}

export interface Member {
  readonly type: "node" | "way" | "relation";
  readonly id: number;
  readonly role: string;
}

/** Which kinds of element a block holds, without decoding them: a group holds one kind, told by its first field. */
export function kindsIn(content: Uint8Array): { nodes: boolean; ways: boolean; relations: boolean } {
  const kinds = { nodes: false, ways: false, relations: false };
  const reader = new PbfReader(content);
  for (let field = reader.nextField(); field > 0; field = reader.nextField()) {
    if (field !== 2) continue;
    const end = reader.readVarint() + reader.pos;
    const kind = reader.nextField(end);
    if (kind === 1 || kind === 2) kinds.nodes = true;
    else if (kind === 3) kinds.ways = true;
    else if (kind === 4) kinds.relations = true;
    reader.pos = end;
  }
  return kinds;
}

/** Decodes a block and calls the reader for every element it asks for. */
export function readBlock(content: Uint8Array, into: BlockReader): void {
  const reader = new PbfReader(content);
  const strings: string[] = [];
  const groups: [start: number, end: number][] = [];
  let granularity = 100;
  let latOffset = 0;
  let lngOffset = 0;
  // The string table and the scale may stand after the groups that need them.
  for (let field = reader.nextField(); field > 0; field = reader.nextField()) {
    if (field === 1) {
      const end = reader.readVarint() + reader.pos;
      while (reader.nextField(end) > 0) strings.push(reader.readString());
    } else if (field === 2) {
      const length = reader.readVarint();
      groups.push([reader.pos, reader.pos + length]);
      reader.pos += length;
    } else if (field === 17) granularity = reader.readVarint();
    else if (field === 19) latOffset = reader.readVarint(true);
    else if (field === 20) lngOffset = reader.readVarint(true);
  }
  const scale: Scale = { unit: granularity / 1e9, lat: latOffset / 1e9, lng: lngOffset / 1e9 };
  for (const [start, end] of groups) {
    reader.pos = start;
    for (let field = reader.nextField(end); field > 0; field = reader.nextField(end)) {
      const elementEnd = reader.readVarint() + reader.pos;
      if (field === 1 && into.node) readNode(reader, elementEnd, strings, scale, into.node);
      else if (field === 2 && into.node) readDenseNodes(reader, elementEnd, strings, scale, into.node);
      else if (field === 3 && into.way) readWay(reader, elementEnd, strings, into.way);
      else if (field === 4 && into.relation) readRelation(reader, elementEnd, strings, into.relation);
      reader.pos = elementEnd;
    }
  }
}

interface Scale {
  readonly unit: number;
  readonly lat: number;
  readonly lng: number;
}

function readNode(
  reader: PbfReader,
  end: number,
  strings: readonly string[],
  scale: Scale,
  visit: NonNullable<BlockReader["node"]>,
): void {
  let id = 0;
  let lat = 0;
  let lng = 0;
  let keys: number[] = [];
  let values: number[] = [];
  for (let field = reader.nextField(end); field > 0; field = reader.nextField(end)) {
    if (field === 1) id = reader.readSVarint();
    else if (field === 2) keys = reader.readPackedVarint();
    else if (field === 3) values = reader.readPackedVarint();
    else if (field === 8) lat = reader.readSVarint();
    else if (field === 9) lng = reader.readSVarint();
  }
  const tags = keys.length > 0 ? tagsOf(keys, values, strings) : null;
  visit(id, scale.lng + lng * scale.unit, scale.lat + lat * scale.unit, tags);
}

function readDenseNodes(
  reader: PbfReader,
  end: number,
  strings: readonly string[],
  scale: Scale,
  visit: NonNullable<BlockReader["node"]>,
): void {
  let ids: number[] = [];
  let lats: number[] = [];
  let lngs: number[] = [];
  let keysAndValues: number[] = [];
  for (let field = reader.nextField(end); field > 0; field = reader.nextField(end)) {
    if (field === 1) ids = reader.readPackedSVarint();
    else if (field === 8) lats = reader.readPackedSVarint();
    else if (field === 9) lngs = reader.readPackedSVarint();
    else if (field === 10) keysAndValues = reader.readPackedVarint();
  }
  if (lats.length !== ids.length || lngs.length !== ids.length) throw new RangeError("columns of unequal length");
  let id = 0;
  let lat = 0;
  let lng = 0;
  let at = 0;
  for (let i = 0; i < ids.length; i++) {
    id += ids[i]!;
    lat += lats[i]!;
    lng += lngs[i]!;
    let tags: Record<string, string> | null = null;
    // Tags of all nodes in one row, a zero after those of each.
    while (at < keysAndValues.length && keysAndValues[at] !== 0) {
      tags ??= {};
      tags[stringAt(strings, keysAndValues[at]!)] = stringAt(strings, keysAndValues[at + 1]!);
      at += 2;
    }
    at++;
    visit(id, scale.lng + lng * scale.unit, scale.lat + lat * scale.unit, tags);
  }
}

function readWay(
  reader: PbfReader,
  end: number,
  strings: readonly string[],
  visit: NonNullable<BlockReader["way"]>,
): void {
  let id = 0;
  let keys: number[] = [];
  let values: number[] = [];
  let refs: number[] = [];
  for (let field = reader.nextField(end); field > 0; field = reader.nextField(end)) {
    if (field === 1) id = reader.readVarint(true);
    else if (field === 2) keys = reader.readPackedVarint();
    else if (field === 3) values = reader.readPackedVarint();
    else if (field === 8) refs = reader.readPackedSVarint();
  }
  for (let i = 1; i < refs.length; i++) refs[i]! += refs[i - 1]!;
  visit(refs, tagsOf(keys, values, strings), id);
}

const MEMBER_TYPES = ["node", "way", "relation"] as const;

function readRelation(
  reader: PbfReader,
  end: number,
  strings: readonly string[],
  visit: NonNullable<BlockReader["relation"]>,
): void {
  let keys: number[] = [];
  let values: number[] = [];
  let roles: number[] = [];
  let ids: number[] = [];
  let types: number[] = [];
  for (let field = reader.nextField(end); field > 0; field = reader.nextField(end)) {
    if (field === 2) keys = reader.readPackedVarint();
    else if (field === 3) values = reader.readPackedVarint();
    else if (field === 8) roles = reader.readPackedVarint();
    else if (field === 9) ids = reader.readPackedSVarint();
    else if (field === 10) types = reader.readPackedVarint();
  }
  if (roles.length !== ids.length || types.length !== ids.length) throw new RangeError("columns of unequal length");
  let id = 0;
  const members = ids.map((delta, i) => {
    id += delta;
    const type = MEMBER_TYPES[types[i]!];
    if (type === undefined) throw new RangeError(`unknown member type ${types[i]}`);
    return { type, id, role: stringAt(strings, roles[i]!) };
  });
  visit(members, tagsOf(keys, values, strings));
}

function tagsOf(keys: readonly number[], values: readonly number[], strings: readonly string[]): Tags {
  if (keys.length !== values.length) throw new RangeError("as many keys as values expected");
  const tags: Record<string, string> = {};
  for (let i = 0; i < keys.length; i++) tags[stringAt(strings, keys[i]!)] = stringAt(strings, values[i]!);
  return tags;
}

function stringAt(strings: readonly string[], index: number): string {
  const found = strings[index];
  if (found === undefined) throw new RangeError(`no string ${index}`);
  return found;
}
