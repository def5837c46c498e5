"""Pods that must notice nothing: what they were, and that they still are."""

import re
import time


class Undisturbed:
    """A running pod that looked and stays: the same container, always beating, the same devices."""

    def __init__(self, bench, name):
        self.bench, self.name = bench, name
        self.container = self._container()
        self.before = bench.seen(name)
        self.beats = self._beats()
        self.since = time.monotonic()

    def _container(self):
        pod = self.bench.cluster.pod(self.name)
        state = pod["status"]["containerStatuses"][0]
        return pod["metadata"]["uid"], state.get("containerID"), state["restartCount"]

    def _beats(self):
        return len(re.findall("^beat$", self.bench.log(self.name), re.MULTILINE))

    def check(self):
        assert self._container() == self.container, f"pod {self.name} is not what it was"
        pod = self.bench.cluster.pod(self.name)
        assert pod["status"]["phase"] == "Running", pod["status"]["phase"]
        passed = time.monotonic() - self.since
        beats = self._beats() - self.beats
        # Five a second; a third of them allows for a machine that is busy with kubelets.
        assert beats >= passed * 5 / 3 - 3, f"{self.name}: {beats} beats in {passed:.1f} s"
        slice_ = self.bench.gpus.slices().get(self.before.visible[0])
        assert slice_, f"the slice of {self.name}, {self.before.visible[0]}, is gone"
        assert self.before.slice_nodes() == slice_["nodes"], "the slice is another's now"
        for node in slice_["nodes"]:  # and the container may still open them
            said = self.bench.cluster.execute(
                self.name, "sh", "-c", f"(: <{node}) 2>&1 || true")
            assert "No such device" in said, f"{self.name}: {node}: {said}"
