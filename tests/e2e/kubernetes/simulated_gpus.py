"""The node's GPUs: septet's simulated node, and device files as a driver would make them."""

import json
import pathlib
import subprocess

from own_machine import make_device

STATE = pathlib.Path("/var/lib/septet/simulated-node")
GPU_MAJOR, CAPS_MAJOR = 195, 508  # as the simulated /proc/devices
CONTROL_MINORS = {"nvidiactl": 255, "nvidia-modeset": 254}


class SimulatedGpus:
    def __init__(self, septet):
        self.septet, self.caps = septet, {}

    def run(self, *arguments):
        done = subprocess.run([self.septet, f"--sim={STATE}", *map(str, arguments)], text=True,
                              capture_output=True, check=False, timeout=120)
        if done.returncode:
            raise RuntimeError(f"septet {' '.join(map(str, arguments))}: exit {done.returncode}\n"
                               f"{done.stdout}{done.stderr}")
        return done.stdout

    def create(self, *arguments):
        STATE.parent.mkdir(parents=True, exist_ok=True)
        self.run("sim", "create", *arguments)
        self._make_device_files()

    def _make_device_files(self):
        """Every GPU's, and every capability's that any layout of these GPUs can have."""
        for gpu in self.status()["gpus"]:
            make_device(f"/dev/nvidia{gpu['minor']}", GPU_MAJOR, gpu["minor"])
        for name, minor in CONTROL_MINORS.items():
            make_device(f"/dev/{name}", GPU_MAJOR, minor)
        table = self.run("sim", "run", "--", "cat", "/proc/driver/nvidia-caps/mig-minors")
        self.caps = {name: int(minor) for name, minor in map(str.split, table.splitlines())}
        folder = pathlib.Path("/dev/nvidia-caps")
        folder.mkdir()
        gpus = tuple(f"gpu{gpu['minor']}/" for gpu in self.status()["gpus"])
        for name, minor in self.caps.items():
            if name.startswith(gpus) or name in ("config", "monitor"):
                make_device(folder / f"nvidia-cap{minor}", CAPS_MAJOR, minor)

    def status(self):
        return json.loads(self.run("--json", "status"))

    def apply(self, text, *arguments):
        layout = STATE.parent / "layout.yaml"
        layout.write_text(text)
        self.run("apply", layout, *arguments)

    def xid(self, number, gpu, gpu_instance=None):
        place = [] if gpu_instance is None else ["--gi", gpu_instance]
        self.run("sim", "fault", "xid", number, "--gpu", gpu, *place)

    def slices(self):
        """MIG uuid to what a container that has it must see, and no more."""
        found = {}
        for gpu in self.status()["gpus"]:
            for instance in gpu["gpu_instances"]:
                base = f"gpu{gpu['minor']}/gi{instance['id']}"
                for compute in instance["compute_instances"]:
                    minors = (self.caps[f"{base}/access"],
                              self.caps[f"{base}/ci{compute['id']}/access"])
                    found[compute["uuid"]] = {
                        "gpu": gpu["index"], "gi": instance["id"], "profile": compute["profile"],
                        "nodes": {f"/dev/nvidia{gpu['minor']}",
                                  *(f"/dev/nvidia-caps/nvidia-cap{m}" for m in minors)}}
        return found
