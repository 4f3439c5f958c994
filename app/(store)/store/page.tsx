import { NodeChooser } from "#components/picking/node-chooser.tsx";

export default function ChooseNodePage() {
  return <NodeChooser />;
}
