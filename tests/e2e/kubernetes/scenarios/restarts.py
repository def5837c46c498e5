"""kubelet restarts, the API server is away, the agent is killed, the driver restarts."""

import time

from bench_of_scenarios import OFFERED
from watching import Undisturbed

SPECS = {"MIG_STRATEGY": "mixed", "PASS_DEVICE_SPECS": "true"}
SMALL, LARGE = "nvidia.com/mig-1g.10gb", "nvidia.com/mig-3g.40gb"


def _served_pod(bench):
    bench.agent.install(**SPECS)
    bench.cluster.wait_resources(OFFERED)
    bench.start_pod("served", {LARGE: 1})
    return Undisturbed(bench, "served")


def kubelet(bench):
    """It removes every plugin's socket when it starts; the agent registers again."""
    served = _served_pod(bench)
    bench.cluster.restart_kubelet()
    bench.cluster.wait(bench.cluster.ready, "the node to be Ready", 60)
    bench.cluster.wait_resources(OFFERED)
    seen = bench.start_pod("after", {SMALL: 1})
    bench.check_sees_only(seen, seen.visible[0])
    served.check()


def api_server_away(bench):
    """A slice is cut meanwhile; kubelet hears of it, and the cluster when it is back."""
    served = _served_pod(bench)
    server = bench.cluster.parts.pop("kube-apiserver")
    server.stop()
    try:
        bench.gpus.apply("gpus:\n- gpu: 2\n  instances: [\"3g.40gb:0\"]\n")
        time.sleep(3)
    finally:
        bench.cluster.parts["kube-apiserver"] = server.start()
    bench.cluster.wait(lambda: bench.cluster.api.ask("GET", "/readyz") == "ok",
                       "the API server", 90)
    bench.cluster.wait_resources({**OFFERED, LARGE: 2}, 90)
    bench.cluster.wait(bench.cluster.ready, "the node to be Ready", 60)
    served.check()
    bench.agent.lay("after", [{"gpu": 3, "instances": ["3g.40gb:0"]}])
    bench.agent.wait_phase("after", "Applied", 60)


def agent_killed_in_the_middle_of_a_change(bench):
    served = _served_pod(bench)
    bench.gpus.run("sim", "fault", "slow", "--create", 300, "--destroy", 300)
    bench.agent.lay("change", [
        {"gpu": 1, "instances": ["3g.40gb:4", {"profile": "1g.10gb", "count": 4}]},
        {"gpu": 2, "instances": [{"profile": "1g.10gb", "count": 7}]}])
    for delay_s in (0.4, 1.1, 2.3):
        time.sleep(delay_s)
        before = _restarts(bench)
        assert bench.agent.kill() == 1, "the agent did not run"
        bench.cluster.wait(lambda seen=before: _restarts(bench) > seen and _runs(bench),
                           "kubelet to start the agent again", 120)
    bench.gpus.run("sim", "fault", "clear")
    bench.agent.wait_phase("change", "Applied", 120)
    bench.cluster.wait_resources({SMALL: 18, LARGE: 1})
    served.check()


def _restarts(bench):
    return bench.agent.pods()[0]["status"]["containerStatuses"][0]["restartCount"]


def _runs(bench):
    return "running" in bench.agent.pods()[0]["status"]["containerStatuses"][0]["state"]


def driver_restarted(bench):
    """Its instances are gone with it; nothing is offered that is not there, then all is cut again
    by the layout that is asked for."""
    bench.agent.install(**SPECS)
    bench.cluster.wait_resources(OFFERED)
    bench.agent.lay("kept", [{"gpu": 0, "instances": [{"profile": "1g.10gb", "count": 7}]}])
    bench.agent.wait_phase("kept", "Applied")
    bench.gpus.run("sim", "fault", "driver-restart")
    bench.cluster.wait(lambda: LARGE not in bench.cluster.resources(),
                       "what no layout asks for to be offered no more", 40)
    # A Hopper board loses its MIG mode with its driver: the seven that no layout names are whole.
    bench.cluster.wait(lambda: bench.cluster.resources() == {SMALL: 7, "nvidia.com/gpu": 7},
                       "the layout to be cut again", 90)
    seen = bench.start_pod("after", {SMALL: 1})
    bench.check_sees_only(seen, seen.visible[0])


SCENARIOS = [kubelet, api_server_away, agent_killed_in_the_middle_of_a_change, driver_restarted]
