import { ControlTower } from "#components/tower/control-tower.tsx";

export default function ControlTowerPage() {
  return <ControlTower />;
}
