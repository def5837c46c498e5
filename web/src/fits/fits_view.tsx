export function FitsView() { return <h1>Fits</h1>; }
