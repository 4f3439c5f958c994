"use client";

import { useMemo } from "react";
import { BaseMap } from "#components/map/base-map.tsx";
import { LayerClick } from "#components/map/layer-click.tsx";
import { NodeMarkers } from "#components/map/node-markers.tsx";
import { PlaceRing } from "#components/map/place-ring.tsx";
import { RouteLines } from "#components/map/route-lines.tsx";
import { StopDots } from "#components/map/stop-dots.tsx";
import { VanMarkers } from "#components/map/van-markers.tsx";
import { shareDriven } from "./route-progress.ts";
import { towerBounds } from "./tower-bounds.ts";
import type { RoutesOfDay, TowerException, TowerStop } from "./tower-data.ts";
import { useRoads } from "./use-roads.ts";

/** A door that is reached this shortly before its window ends is at risk: one traffic light away from late. */
const AT_RISK_SEC = 600;

const NO_EXCEPTIONS: readonly TowerException[] = [];

/** The region's day on its roads. What is selected stands out, the rest steps back. */
export function TowerMap({
  day: { nodes, routes },
  open = NO_EXCEPTIONS,
  selectedShiftId,
  selectedNodeId,
  selectedException,
  onSelectVan,
  onSelectNode,
}: {
  day: RoutesOfDay;
  open?: readonly TowerException[] | undefined;
  selectedShiftId: string | undefined;
  selectedNodeId: string | undefined;
  selectedException: TowerException | undefined;
  onSelectVan: (shiftId: string) => void;
  onSelectNode: (nodeId: string) => void;
}) {
  const roads = useRoads(routes);
  const shiftId = selectedShiftId ?? selectedException?.van?.shiftId;

  const mapNodes = useMemo(() => {
    const alarmed = new Set(open.map((exception) => exception.node?.nodeId as string | undefined));
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
    return routes.flatMap(({ shiftId: id, stops }, colour) => {
      const legs = legsOf.get(id);
      if (!legs) return [];
      const doneCount = stops.filter((stop) => stop.finishedAt !== null).length;
      return [{ id, colour, shape: legs.flat(), doneShare: shareDriven(legs, doneCount) }];
    });
  }, [routes, roads]);

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
      routes.flatMap(({ shiftId: id, vanName, van, lateSec }, colour) =>
        van ? [{ id, label: vanName, lng: van.lng, lat: van.lat, colour, alert: lateSec > 0 }] : [],
      ),
    [routes],
  );

  const bounds = towerBounds(nodes, {
    route: routes.find((route) => route.shiftId === shiftId),
    node: nodes.find((node) => node.nodeId === selectedNodeId),
    exception: selectedException,
  });

  return (
    <BaseMap label="Nodes, routes and vans of the day" {...(bounds && { bounds })} paddingPx={56}>
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

function outlookOf({ etaAt, startAt, windowEndsAt }: TowerStop): "on_time" | "at_risk" | "late" {
  const slackSec = (Date.parse(windowEndsAt) - Date.parse(etaAt ?? startAt)) / 1000;
  return slackSec <= 0 ? "late" : etaAt !== null && slackSec < AT_RISK_SEC ? "at_risk" : "on_time";
}
