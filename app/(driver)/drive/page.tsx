import { DriveScreen } from "#components/driving/drive-screen.tsx";

export default function DrivePage() {
  return <DriveScreen />;
}
