export function CompareView() { return <h1>Comparison</h1>; }
