export default function Page() {
  return <p>Kept</p>;
}
