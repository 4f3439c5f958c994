import { z } from "zod";

/** The wire format of Realtime, read from realtime-js 2.119: Phoenix channels, plus one binary frame. */
export interface Frame {
  /** Which join of the channel this belongs to. */
  readonly joinRef: string | null;
  /** Answers carry the ref of what they answer. */
  readonly ref: string | null;
  readonly topic: string;
  readonly event: string;
  readonly payload: unknown;
}

/** "1.0.0" frames are JSON objects, "2.0.0" ones are JSON arrays, and broadcasts from the client are binary. */
export type Version = "1.0.0" | "2.0.0";

const Ref = z
  .string()
  .max(255)
  .nullish()
  .transform((ref) => ref ?? null);
const Text = z.string().max(1024);
const ArrayFrame = z.tuple([Ref, Ref, Text, Text, z.unknown()]);
const ObjectFrame = z.object({ join_ref: Ref, ref: Ref, topic: Text, event: Text, payload: z.unknown() });

export const JoinPayload = z.object({
  config: z
    .object({
      broadcast: z.object({ ack: z.boolean().default(false), self: z.boolean().default(false) }).prefault({}),
      presence: z.object({ key: z.string().max(255).default(""), enabled: z.boolean().default(false) }).prefault({}),
      postgres_changes: z.array(z.record(z.string(), z.unknown())).max(100).default([]),
      private: z.boolean().default(false),
    })
    .prefault({}),
  access_token: z.string().nullish(),
});
export const TokenPayload = z.object({ access_token: z.string().nullish() });
export const BroadcastPayload = z.object({ event: z.string().max(255), payload: z.unknown() });
export const PresencePayload = z.object({
  event: z.string().toLowerCase(),
  payload: z.record(z.string(), z.unknown()).default({}),
});

/** Throws on anything that is no frame. */
export function decodeFrame(data: Buffer, isBinary: boolean, version: Version): Frame {
  if (isBinary) return decodeBroadcast(data);
  const json: unknown = JSON.parse(data.toString());
  if (version === "2.0.0") {
    const [joinRef, ref, topic, event, payload] = ArrayFrame.parse(json);
    return { joinRef, ref, topic, event, payload };
  }
  const { join_ref: joinRef, ...rest } = ObjectFrame.parse(json);
  return { joinRef, ...rest };
}

export function encodeFrame({ joinRef, ref, topic, event, payload }: Frame, version: Version): string {
  return JSON.stringify(
    version === "2.0.0" ? [joinRef, ref, topic, event, payload] : { join_ref: joinRef, ref, topic, event, payload },
  );
}

const BROADCAST_KIND = 3;
const JSON_ENCODING = 1;
const HEADER_BYTES = 7;

/** Kind, five lengths, encoding; then join ref, ref, topic, event and metadata; the rest is the payload. */
function decodeBroadcast(data: Buffer): Frame {
  if (data.length < HEADER_BYTES || data[0] !== BROADCAST_KIND) throw new Error("unknown binary frame");
  let at = HEADER_BYTES;
  const texts = [...data.subarray(1, 6)].map((length) => {
    if (at + length > data.length) throw new Error("truncated binary frame");
    const text = data.toString("utf8", at, at + length);
    at += length;
    return text;
  });
  const [joinRef, ref, topic, event] = texts as [string, string, string, string, string];
  if (data[6] !== JSON_ENCODING) throw new Error("only JSON payloads are carried");
  const payload: unknown = JSON.parse(data.toString("utf8", at));
  return { joinRef: joinRef || null, ref: ref || null, topic, event: "broadcast", payload: { event, payload } };
}
