import { deflateSync, zstdCompressSync } from "node:zlib";
import { PbfWriter } from "pbf";
import type { Member, Tags } from "./osm-file.ts";

/** What a small extract for tests holds. Ids are given by position: the first node is 1, the first way too. */
export interface OsmContent {
  readonly nodes: readonly { readonly lng: number; readonly lat: number; readonly tags?: Tags }[];
  readonly ways: readonly { readonly refs: readonly number[]; readonly tags: Tags }[];
  readonly relations?: readonly { readonly members: readonly Member[]; readonly tags: Tags }[];
}

export interface OsmPacking {
  readonly compression?: "none" | "zlib" | "zstd";
  readonly denseNodes?: boolean;
  /** All kinds of element in one block, as few writers do. */
  readonly oneBlock?: boolean;
  readonly bbox?: readonly [west: number, south: number, east: number, north: number];
  readonly requiredFeatures?: readonly string[];
}

const MEMBER_TYPES = { node: 0, way: 1, relation: 2 } as const;

/** An extract in PBF, a block for each kind of element, for tests: real files need more than this. */
export function writeOsm(content: OsmContent, packing: OsmPacking = {}): Buffer {
  const header = new PbfWriter();
  if (packing.bbox) {
    const [west, south, east, north] = packing.bbox.map((degrees) => Math.round(degrees * 1e9)) as [
      number,
      number,
      number,
      number,
    ];
    header.writeMessage(
      1,
      (_, pbf) =>
        [west, east, north, south].forEach((side, i) => {
          pbf.writeSVarintField(i + 1, side);
        }),
      null,
    );
  }
  for (const feature of packing.requiredFeatures ?? ["OsmSchema-V0.6", "DenseNodes"])
    header.writeStringField(4, feature);

  const groups: ((strings: StringTable) => PbfWriter)[] = [];
  if (content.nodes.length > 0)
    groups.push((strings) =>
      packing.denseNodes === false ? plainNodes(content, strings) : denseNodes(content, strings),
    );
  if (content.ways.length > 0) groups.push((strings) => ways(content, strings));
  if (content.relations?.length) groups.push((strings) => relations(content.relations!, strings));
  const blocks = packing.oneBlock ? [block(groups)] : groups.map((group) => block([group]));
  return Buffer.concat([
    blob("OSMHeader", header.finish(), packing),
    ...blocks.map((b) => blob("OSMData", b, packing)),
  ]);
}

class StringTable {
  readonly strings = [""];
  index(text: string): number {
    const known = this.strings.indexOf(text);
    return known > 0 ? known : this.strings.push(text) - 1;
  }
}

function block(groups: readonly ((strings: StringTable) => PbfWriter)[]): Uint8Array {
  const strings = new StringTable();
  const pbf = new PbfWriter();
  // The groups before the strings they need, as the format allows.
  for (const group of groups) pbf.writeBytesField(2, group(strings).finish());
  pbf.writeMessage(
    1,
    (_, table) => {
      for (const text of strings.strings) table.writeStringField(1, text);
    },
    null,
  );
  return pbf.finish();
}

const units = (degrees: number) => Math.round(degrees * 1e7);
const deltas = (values: readonly number[]) => values.map((value, i) => value - (i === 0 ? 0 : values[i - 1]!));

function tagFields(pbf: PbfWriter, tags: Tags, strings: StringTable): void {
  pbf.writePackedVarint(
    2,
    Object.keys(tags).map((key) => strings.index(key)),
  );
  pbf.writePackedVarint(
    3,
    Object.values(tags).map((value) => strings.index(value)),
  );
}

function denseNodes(content: OsmContent, strings: StringTable): PbfWriter {
  const group = new PbfWriter();
  group.writeMessage(
    2,
    (_, pbf) => {
      pbf.writePackedSVarint(1, deltas(content.nodes.map((_, i) => i + 1)));
      pbf.writePackedSVarint(8, deltas(content.nodes.map(({ lat }) => units(lat))));
      pbf.writePackedSVarint(9, deltas(content.nodes.map(({ lng }) => units(lng))));
      const tags = content.nodes.flatMap(({ tags }) => [
        ...Object.entries(tags ?? {}).flatMap(([key, value]) => [strings.index(key), strings.index(value)]),
        0,
      ]);
      if (content.nodes.some(({ tags }) => tags)) pbf.writePackedVarint(10, tags);
    },
    null,
  );
  return group;
}

function plainNodes(content: OsmContent, strings: StringTable): PbfWriter {
  const group = new PbfWriter();
  content.nodes.forEach(({ lng, lat, tags }, i) => {
    group.writeMessage(
      1,
      (_, pbf) => {
        pbf.writeSVarintField(1, i + 1);
        tagFields(pbf, tags ?? {}, strings);
        pbf.writeSVarintField(8, units(lat));
        pbf.writeSVarintField(9, units(lng));
      },
      null,
    );
  });
  return group;
}

function ways(content: OsmContent, strings: StringTable): PbfWriter {
  const group = new PbfWriter();
  content.ways.forEach(({ refs, tags }, i) => {
    group.writeMessage(
      3,
      (_, pbf) => {
        pbf.writeVarintField(1, i + 1);
        tagFields(pbf, tags, strings);
        pbf.writePackedSVarint(8, deltas(refs));
      },
      null,
    );
  });
  return group;
}

function relations(list: NonNullable<OsmContent["relations"]>, strings: StringTable): PbfWriter {
  const group = new PbfWriter();
  list.forEach(({ members, tags }, i) => {
    group.writeMessage(
      4,
      (_, pbf) => {
        pbf.writeVarintField(1, i + 1);
        tagFields(pbf, tags, strings);
        pbf.writePackedVarint(
          8,
          members.map(({ role }) => strings.index(role)),
        );
        pbf.writePackedSVarint(9, deltas(members.map(({ id }) => id)));
        pbf.writePackedVarint(
          10,
          members.map(({ type }) => MEMBER_TYPES[type]),
        );
      },
      null,
    );
  });
  return group;
}

function blob(type: string, content: Uint8Array, { compression = "zlib" }: OsmPacking): Buffer {
  const body = new PbfWriter();
  if (compression === "none") body.writeBytesField(1, content);
  else {
    body.writeVarintField(2, content.length);
    if (compression === "zlib") body.writeBytesField(3, deflateSync(content));
    else body.writeBytesField(7, zstdCompressSync(content));
  }
  const bytes = body.finish();
  const header = new PbfWriter();
  header.writeStringField(1, type);
  header.writeVarintField(3, bytes.length);
  const headerBytes = header.finish();
  const length = Buffer.alloc(4);
  length.writeUInt32BE(headerBytes.length);
  return Buffer.concat([length, headerBytes, bytes]);
}
