"""Scenarios by their names: which of the groups were asked for."""


def chosen(groups, names):
    """(full name, function) of the groups and scenarios named; all when none is."""
    every = [(f"{group}.{f.__name__}", f) for group, fs in groups.items() for f in fs]
    unknown = [n for n in names if n not in groups and n not in dict(every)]
    if unknown:
        raise SystemExit(f"no scenario or group {', '.join(unknown)}; see --list")
    return [(n, f) for n, f in every if not names or n in names or n.split(".")[0] in names]
