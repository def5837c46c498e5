"""The agent does all it does with the rights in deploy/, and those reach no further."""

import time

from api import Api, Refused
from bench_of_scenarios import OFFERED
from own_machine import NODE
from septet_agent import ACCOUNT, LAYOUTS, NAMESPACE

SPECS = {"MIG_STRATEGY": "mixed", "PASS_DEVICE_SPECS": "true"}


def _as_agent(bench):
    """The API with a token of the agent's account, bound to the agent's pod (and so its node)."""
    pod = bench.agent.pods()[0]["metadata"]
    answer = bench.cluster.api.create(
        f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts/{ACCOUNT}/token",
        {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
         "spec": {"expirationSeconds": 600, "boundObjectRef": {
             "kind": "Pod", "apiVersion": "v1", "name": pod["name"], "uid": pod["uid"]}}})
    return Api(bench.cluster.keys / "ca.crt", answer["status"]["token"])


def _refused(question, *wanted):
    try:
        question()
    except Refused as refused:
        assert refused.status in wanted, refused
        return str(refused)
    raise AssertionError("it was allowed")


def agent_needs_no_more_than_it_has(bench):
    """Everything that the other scenarios do, and its log has no refusal."""
    bench.agent.install(**SPECS)
    bench.cluster.wait_resources(OFFERED)
    bench.agent.lay("one", [{"gpu": 2, "instances": ["7g.80gb:0"]}])
    bench.agent.wait_phase("one", "Applied")
    bench.gpus.xid(94, 0, bench.gpus.status()["gpus"][0]["gpu_instances"][0]["id"])
    bench.cluster.wait(lambda: [e for e in bench.cluster.events(100) if "Node/" in e and "94" in e],
                       "an event on the Node", 20)
    name = bench.agent.pods()[0]["metadata"]["name"]
    log = bench.cluster.api.ask("GET", f"/api/v1/namespaces/{NAMESPACE}/pods/{name}/log")
    assert "forbidden" not in log.lower(), log


def of_other_nodes_nothing_is_written(bench):
    bench.agent.install(**SPECS)
    bench.cluster.wait_resources(OFFERED)
    other = "/api/v1/nodes/node-2"
    bench.cluster.api.delete(other)
    bench.cluster.api.create("/api/v1/nodes", {"apiVersion": "v1", "kind": "Node",
                                               "metadata": {"name": "node-2"}})
    try:
        agent, label = _as_agent(bench), {"metadata": {"labels": {"septet.dev/tried": "yes"}}}
        # A policy is enforced a moment after it was made.
        bench.cluster.wait(lambda: _refused(lambda: agent.merge(other, label), 403, 422),
                           "another node's label to be refused", 30)
        _refused(lambda: agent.merge(f"{other}/status", {"status": {"phase": "x"}}), 403, 422)
        agent.merge(f"/api/v1/nodes/{NODE}", label)
    finally:
        bench.cluster.api.merge(f"/api/v1/nodes/{NODE}", {"metadata": {"labels": {
            "septet.dev/tried": None}}})
        bench.cluster.api.delete(other)


def another_nodes_words_are_not_touched(bench):
    """In a MigLayout's status each agent has its own node's entry."""
    bench.agent.install(**SPECS)
    bench.cluster.wait_resources(OFFERED)
    bench.agent.lay("shared", [{"gpu": 2, "instances": ["7g.80gb:0"]}])
    bench.agent.wait_phase("shared", "Applied")
    status = f"{LAYOUTS}/shared/status"
    def entries(phase):
        return {"status": {"nodes": [
            bench.agent.layout_status("shared"),
            {"name": "node-2", "phase": phase, "observedGeneration": 1}]}}
    agent = _as_agent(bench)
    bench.cluster.wait(lambda: _refused(lambda: agent.merge(status, entries("Applied")), 403, 422),
                       "a new entry of another node to be refused", 30)
    bench.cluster.api.merge(status, entries("Applied"))
    _refused(lambda: agent.merge(status, entries("Failed")), 403, 422)
    _refused(lambda: agent.merge(status, {"status": {"nodes": []}}), 403, 422)
    agent.merge(status, entries("Applied"))  # nothing of the other's


def the_rest_of_the_cluster_is_closed(bench):
    bench.agent.install(**SPECS)
    bench.cluster.wait_resources(OFFERED)
    agent = _as_agent(bench)
    pod = bench.agent.pods()[0]["metadata"]["name"]
    for question in (
            lambda: agent.get("/api/v1/secrets"),
            lambda: agent.get("/api/v1/pods"),
            lambda: agent.get(f"/api/v1/namespaces/{NAMESPACE}/secrets"),
            lambda: agent.ask("DELETE", f"/api/v1/nodes/{NODE}"),
            lambda: agent.ask("DELETE", f"/api/v1/namespaces/{NAMESPACE}/pods/{pod}"),
            lambda: agent.create("/api/v1/namespaces/default/pods", {}),
            lambda: agent.create(LAYOUTS, {"apiVersion": "septet.dev/v1alpha1",
                                           "kind": "MigLayout", "metadata": {"name": "own"}}),
            lambda: agent.merge(f"/api/v1/nodes/{NODE}", {"spec": {"unschedulable": True}}),
            lambda: agent.merge(f"/api/v1/nodes/{NODE}", {"metadata": {"labels": {
                "node-role.kubernetes.io/control-plane": ""}}}),
            lambda: agent.merge(f"/api/v1/nodes/{NODE}/status", {"status": {"capacity": {
                "nvidia.com/gpu": "80"}}})):
        _refused(question, 403, 422)


def hostile_layouts_are_refused_or_failed(bench):
    """By the schema, or by the agent in the status; it goes on serving."""
    bench.agent.install(**SPECS)
    bench.cluster.wait_resources(OFFERED)
    def make(name, spec):
        bench.cluster.api.create(LAYOUTS, {"apiVersion": "septet.dev/v1alpha1",
                                           "kind": "MigLayout", "metadata": {"name": name},
                                           "spec": spec})
    for spec in ({"nodeName": NODE, "gpus": "all"}, {"nodeName": 7, "gpus": []}, {"gpus": []},
                 {"nodeName": NODE},
                 {"nodeName": NODE, "nodeSelector": {"matchLabels": {"a": "b"}}, "gpus": []},
                 {"nodeName": NODE, "gpus": [], "migParted": []},
                 {"nodeName": NODE, "gpus": [{"gpu": 0, "instances": ["1g.10gb"] * 400}]}):
        _refused(lambda spec=spec: make("refused", spec), 422, 400)
    make("odd", {"nodeName": NODE, "gpus": [{"gpu": "GPU-../../x", "instances": ["9g.1gb"] * 40}]})
    bench.agent.wait_phase("odd", "Failed")
    time.sleep(1)
    assert bench.cluster.resources() == OFFERED
    assert bench.agent.pods()[0]["status"]["containerStatuses"][0]["restartCount"] == 0


SCENARIOS = [agent_needs_no_more_than_it_has, of_other_nodes_nothing_is_written,
             another_nodes_words_are_not_touched, the_rest_of_the_cluster_is_closed,
             hostile_layouts_are_refused_or_failed]
