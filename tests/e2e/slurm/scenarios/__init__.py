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


def chosen(names):
    """(full name, function) of the groups and scenarios named; all when none is."""
    every = [(f"{group}.{f.__name__}", f) for group, fs in GROUPS.items() for f in fs]
    unknown = [n for n in names if n not in GROUPS and n not in dict(every)]
    if unknown:
        raise SystemExit(f"no scenario or group {', '.join(unknown)}; see --list")
    return [(n, f) for n, f in every if not names or n in names or n.split(".")[0] in names]
