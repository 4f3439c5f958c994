import { StoreScreen } from "#components/picking/store-screen.tsx";
import { NoSuch } from "#components/ui/no-such.tsx";
import { NodeId } from "#server/domain/id.ts";

export default async function StorePage({ params }: { params: Promise<{ node: string }> }) {
  const node = NodeId.safeParse((await params).node);
  return node.success ? (
    <StoreScreen nodeId={node.data} />
  ) : (
    <NoSuch what="node" href="/store" elsewhere="Choose a node" />
  );
}
