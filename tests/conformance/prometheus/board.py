"""What a Grafana board must have to be imported, and the expressions that it asks Prometheus."""

import json
import re

PANELS = {"row", "stat", "timeseries", "table", "bargauge"}


def check(path):
    """The board's expressions, by panel title; AssertionError where Grafana would stumble."""
    board = json.loads(path.read_text())
    assert board["uid"] and board["title"] and board["schemaVersion"] >= 36, "no board's head"
    variables = {one["name"]: one for one in board["templating"]["list"]}
    assert variables["datasource"]["type"] == "datasource", "the data source cannot be chosen"
    ids = [panel["id"] for panel in board["panels"]]
    assert len(ids) == len(set(ids)), "two panels have one id"
    expressions = {}
    for panel in board["panels"]:
        assert panel["type"] in PANELS, f"{panel['title']}: {panel['type']}"
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24, f"{panel['title']} is off the grid"
        if panel["type"] == "row":
            continue
        refs = [target["refId"] for target in panel["targets"]]
        assert refs and len(refs) == len(set(refs)), panel["title"]
        for target in panel["targets"]:
            assert target["datasource"]["uid"] == "${datasource}", panel["title"]
            used = set(re.findall(r"\$(\w+)", target["expr"]))
            assert used <= variables.keys(), f"{panel['title']}: unknown variable in {used}"
            expressions[f"{panel['title']} {target['refId']}"] = re.sub(
                r"\$\w+", ".*", target["expr"])
    return expressions
