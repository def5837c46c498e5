"""The scenarios by group; each takes the bench and raises when something is not as it should be."""

from scenarios import allocation, detection, fleet, helpers, isolation, relayout

GROUPS = {
    "allocation": allocation.SCENARIOS,
    "detection": detection.SCENARIOS,
    "isolation": isolation.SCENARIOS,
    "relayout": relayout.SCENARIOS,
    "fleet": fleet.SCENARIOS,
    "helpers": helpers.SCENARIOS,
}
