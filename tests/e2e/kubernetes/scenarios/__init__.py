"""The scenarios by group; each takes the bench and raises when something is not as it should be."""

from scenarios import faults, layouts, peer, restarts, rights, serving, strategies, upgrade

GROUPS = {
    "peer": peer.SCENARIOS,  # NVIDIA's plugin: the cluster and the simulated node are right
    "serving": serving.SCENARIOS,
    "strategies": strategies.SCENARIOS,
    "layouts": layouts.SCENARIOS,
    "faults": faults.SCENARIOS,
    "restarts": restarts.SCENARIOS,
    "rights": rights.SCENARIOS,
    "upgrade": upgrade.SCENARIOS,
}
