"use client";

import { useMemo } from "react";
import { AreaShapes } from "#components/map/area-shapes.tsx";
import { BaseMap } from "#components/map/base-map.tsx";
import { LayerClick } from "#components/map/layer-click.tsx";
import { NodeMarkers } from "#components/map/node-markers.tsx";
import { PlaceRing } from "#components/map/place-ring.tsx";
import { RouteLines } from "#components/map/route-lines.tsx";
import { StopDots } from "#components/map/stop-dots.tsx";
import { VanMarkers } from "#components/map/van-markers.tsx";
import { expectedAt } from "#server/domain/expected-at.ts";
import { routeColours } from "./route-colours.ts";
import { shareDriven } from "./route-progress.ts";
import { towerBounds } from "./tower-bounds.ts";
import type { RoutesOfDay, ServiceAreaOfNode, TowerException, TowerStop } from "./tower-data.ts";
import { useDriveReaches } from "./use-drive-reaches.ts";
import { useRoads } from "./use-roads.ts";

/** A door that is reached this shortly before its window ends is at risk: one traffic light away from late. */
const AT_RISK_SEC = 600;

const PADDING_PX = 56;
/** The details lie over the map's left side. */
const COVERED_PX = { top: PADDING_PX, right: PADDING_PX, bottom: PADDING_PX, left: 376 + PADDING_PX };

const NO_EXCEPTIONS: readonly TowerException[] = [];
const NO_AREAS: readonly ServiceAreaOfNode[] = [];

/** The region's day on its roads. What is selected stands out, the rest steps back. */
export function TowerMap({
  day: { nodes, routes },
  open = NO_EXCEPTIONS,
  areas = NO_AREAS,
  selectedShiftId,
  selectedNodeId,
  selectedException,
  covered,
  onSelectVan,
  onSelectNode,
}: {
  day: RoutesOfDay;
  open?: readonly TowerException[] | undefined;
  areas?: readonly ServiceAreaOfNode[] | undefined;
  selectedShiftId: string | undefined;
  selectedNodeId: string | undefined;
  selectedException: TowerException | undefined;
  /** Whether details lie over the map. */
  covered: boolean;
  onSelectVan: (shiftId: string) => void;
  onSelectNode: (nodeId: string) => void;
}) {
  const roads = useRoads(routes);
  const colours = useMemo(() => routeColours(routes), [routes]);
  const shiftId = selectedShiftId ?? selectedException?.van?.shiftId;

  const mapNodes = useMemo(() => {
    // A late van is drawn late itself; its node has done nothing.
    const alarmed = new Set(open.flatMap(({ node, van }) => (node && !van ? [node.nodeId as string] : [])));
    return nodes.map(({ nodeId, name, kind, lng, lat, paused }) => ({
      id: nodeId,
      name,
      kind,
      lng,
      lat,
      alert: paused || alarmed.has(nodeId),
    }));
  }, [nodes, open]);

  const lines = useMemo(() => {
    const legsOf = new Map(roads.map((road) => [road.shiftId, road.legs]));
    return routes.flatMap(({ shiftId: id, stops }) => {
      const legs = legsOf.get(id);
      if (!legs) return [];
      const doneCount = stops.filter((stop) => stop.finishedAt !== null).length;
      return [{ id, colour: colours.get(id) ?? 0, shape: legs.flat(), doneShare: shareDriven(legs, doneCount) }];
    });
  }, [routes, roads, colours]);

  const dots = useMemo(
    () =>
      routes
        .filter((route) => shiftId === undefined || route.shiftId === shiftId)
        .flatMap(({ stops }) =>
          stops.map((stop, place) => ({
            id: stop.stopId,
            lng: stop.lng,
            lat: stop.lat,
            number: place + 1,
            state: stop.state,
            outlook: outlookOf(stop),
          })),
        ),
    [routes, shiftId],
  );

  const vans = useMemo(
    () =>
      routes.flatMap(({ shiftId: id, vanName, van, lateSec }) =>
        van
          ? [{ id, label: vanName, lng: van.lng, lat: van.lat, colour: colours.get(id) ?? 0, alert: lateSec > 0 }]
          : [],
      ),
    [routes, colours],
  );

  const reaches = useDriveReaches(areas);
  const shapes = useMemo(
    () => [
      ...areas.flatMap(({ nodeId, area }) => (area ? [{ id: nodeId as string, shape: area }] : [])),
      ...reaches.map(({ nodeId, reach }) => ({ id: nodeId as string, shape: reach })),
    ],
    [areas, reaches],
  );

  const bounds = towerBounds(nodes, {
    route: routes.find((route) => route.shiftId === shiftId),
    node: nodes.find((node) => node.nodeId === selectedNodeId),
    area:
      areas.find((each) => each.nodeId === selectedNodeId)?.area ??
      reaches.find((each) => each.nodeId === selectedNodeId)?.reach,
    exception: selectedException,
  });

  return (
    <BaseMap
      label="Nodes, routes and vans of the day"
      {...(bounds && { bounds })}
      paddingPx={covered ? COVERED_PX : PADDING_PX}
    >
      <AreaShapes areas={shapes} selectedId={selectedNodeId ?? null} />
      <RouteLines routes={lines} selectedId={shiftId ?? null} />
      <StopDots stops={dots} />
      <NodeMarkers nodes={mapNodes} selectedId={selectedNodeId ?? null} onSelect={onSelectNode} />
      <PlaceRing place={selectedException?.door ?? null} label="The order's door" />
      <VanMarkers vans={vans} />
      <LayerClick layer="vans" onPick={onSelectVan} />
      <LayerClick layer="routes" onPick={onSelectVan} />
    </BaseMap>
  );
}

function outlookOf(stop: TowerStop): "on_time" | "at_risk" | "late" {
  const slackSec = (Date.parse(stop.windowEndsAt) - Date.parse(expectedAt(stop))) / 1000;
  return slackSec <= 0 ? "late" : stop.etaAt !== null && slackSec < AT_RISK_SEC ? "at_risk" : "on_time";
}
