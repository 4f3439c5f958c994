"use client";

import { useState } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { TEXT_BUTTON } from "#components/ui/button-look.ts";
import { classNames } from "#components/ui/class-names.ts";
import type { ServiceArea } from "#server/domain/service-area.ts";
import { DetailPanel, Fact, Facts } from "./detail-panel.tsx";
import { routeColours } from "./route-colours.ts";
import { RouteSwatch } from "./route-swatch.tsx";
import { areaWords, EVERYWHERE, ServiceAreaDialog } from "./service-area-dialog.tsx";
import type { TowerNode, TowerRoute } from "./tower-data.ts";
import { NODE_KINDS } from "./tower-looks.ts";

export function NodeDetail({
  node,
  routes,
  area,
  onClose,
  onSelectVan,
}: {
  node: TowerNode;
  routes: readonly TowerRoute[];
  /** Undefined: its vans go to every door. */
  area: ServiceArea | undefined;
  onClose: () => void;
  onSelectVan: (shiftId: string) => void;
}) {
  const colours = routeColours(routes);
  const [isAreaOpen, setAreaOpen] = useState(false);
  const vans = routes.filter((route) => route.nodeId === node.nodeId);
  return (
    <DetailPanel title={node.name} aside={node.paused && <Badge tone="warn">Paused</Badge>} onClose={onClose}>
      <div className="flex flex-col gap-4">
        <Facts>
          <Fact label="Kind">{NODE_KINDS[node.kind]}</Fact>
          <Fact label="Code">{node.nodeId}</Fact>
          <Fact label="Delivers">
            {areaWords(area ?? EVERYWHERE)}{" "}
            <button
              type="button"
              className={classNames(TEXT_BUTTON, "text-accent underline underline-offset-2")}
              onClick={() => setAreaOpen(true)}
            >
              Change
            </button>
          </Fact>
          <Fact label="Vans">
            {vans.length === 0 ? (
              "None on this day"
            ) : (
              <ul className="flex flex-col gap-1 pointer-coarse:-mt-2.5 pointer-coarse:gap-0">
                {vans.map((route) => (
                  <li key={route.shiftId} className="flex items-center gap-2 pointer-coarse:min-h-11">
                    <RouteSwatch colour={colours.get(route.shiftId) ?? 0} />
                    <button
                      type="button"
                      className={classNames(TEXT_BUTTON, "underline-offset-2 hover:underline")}
                      onClick={() => onSelectVan(route.shiftId)}
                    >
                      {route.vanName}
                    </button>
                    <span className="text-ink-muted">
                      {route.stops.length === 1 ? "1 stop" : `${route.stops.length} stops`}
                    </span>
                  </li>
                ))}
              </ul>
            )}
          </Fact>
        </Facts>
        {isAreaOpen && <ServiceAreaDialog node={node} known={area} onClose={() => setAreaOpen(false)} />}
        <ButtonLink href={`/store/${node.nodeId}`} className="self-start">
          Open its store screen
        </ButtonLink>
      </div>
    </DetailPanel>
  );
}
