"""What a scenario gets: the cluster, the node's GPUs, and the programs that may serve them."""

import pathlib
import shutil
import subprocess

import images
from cluster import Cluster, Programs
from nvidia_plugin import NvidiaPlugin
from septet_agent import SeptetAgent
from simulated_gpus import STATE, SimulatedGpus

GPU_COUNT = 8
# GPU 0: seven small ones. GPU 1: two profiles. The others have no instances.
LAYOUT = """gpus:
- gpu: 0
  instances: [{profile: 1g.10gb, count: 7}]
- gpu: 1
  instances: [3g.40gb:4, 2g.20gb:0]
- gpu: [2, 3, 4, 5, 6, 7]
  instances: []
"""
OFFERED = {"nvidia.com/mig-1g.10gb": 7, "nvidia.com/mig-2g.20gb": 1, "nvidia.com/mig-3g.40gb": 1}

# Runs in a pod: its device files, whether each opens, and whether another's can be had anyway.
# "no device" is a file that the container may open and no driver serves.
LOOK = r"""
try() { if (: <"$1") 2>/tmp/said; then echo opened; else
  grep -q 'No such device' /tmp/said && echo "no device" || echo denied; fi; }
for f in /dev/nvidia* /dev/nvidia-caps/*; do
  [ -c "$f" ] && echo "node $f $(try "$f")"
done
for minor in 0 1 2 3 4 5 6 7; do
  rm -f /tmp/other; mknod /tmp/other c 195 $minor && echo "gpu $minor $(try /tmp/other)"
done
env | grep NVIDIA_VISIBLE_DEVICES
ls /var/run/nvidia-container-devices 2>/dev/null | sed 's/^/mount /'
echo looked
"""
LOOK_AND_STAY = LOOK + "while :; do echo beat; sleep 0.2; done\n"


class Seen:
    """What a container said of its devices."""

    def __init__(self, text):
        rows = [line.split(maxsplit=2) for line in text.splitlines()]
        self.nodes = {r[1]: r[2] for r in rows if r and r[0] == "node"}
        self.gpus = {int(r[1]): r[2] for r in rows if r and r[0] == "gpu"}
        self.mounts = {r[1] for r in rows if r and r[0] == "mount"}
        visible = [r[0].split("=", 1)[1] for r in rows if r and r[0].startswith("NVIDIA_VIS")]
        self.visible = visible[0].split(",") if visible else []

    def slice_nodes(self):
        """Without those that every container gets."""
        return {n for n in self.nodes if n.startswith("/dev/nvidia-caps/")
                or n.removeprefix("/dev/nvidia").isdigit()}


class Bench:
    def __init__(self, arguments, scratch):
        clients = pathlib.Path(arguments.clients)
        self.scratch, self.septet = scratch, pathlib.Path(arguments.septet)
        self.library = pathlib.Path(arguments.library)
        self.programs = Programs(clients / "kubernetes", etcd=arguments.etcd)
        self.cluster = Cluster(self.programs, scratch)
        self.gpus = SimulatedGpus(arguments.septet)
        self.nvidia = NvidiaPlugin(self, clients / "bin/nvidia-device-plugin")
        self.agent = SeptetAgent(self, pathlib.Path(arguments.agent))

    def start(self):
        seconds = self.cluster.start()
        self.gpus.create("--gpus", GPU_COUNT, "--product", "h100-sxm5-80gb", "--mig", "on")
        return seconds

    def stop(self):
        self.cluster.stop()

    def versions(self):
        found = [self.cluster.api.get("/version")["gitVersion"]]
        for program in ([self.programs.containerd, "--version"], ["runc", "--version"],
                        [self.programs.etcd, "--version"]):
            done = subprocess.run(program, capture_output=True, text=True, check=False)
            found.append(done.stdout.splitlines()[0])
        return "; ".join(found)

    def fresh(self):
        """No pods, no plugin, no faults; the layout above."""
        for subject in (self.agent, self.nvidia):
            subject.remove()
        for pod in self.cluster.api.items("/api/v1/namespaces/default/pods"):
            self.cluster.delete_pod(pod["metadata"]["name"])
        for left in self.state_folder().iterdir():  # the agent's journal
            if not left.name.startswith(STATE.name):
                shutil.rmtree(left) if left.is_dir() else left.unlink()
        self.gpus.run("sim", "fault", "clear")
        self.gpus.apply(LAYOUT)

    def image(self, name, programs, beside=None):
        self.cluster.import_image(images.on_simulated_driver(
            self.scratch / "image.tar", self.programs.busybox, self.septet, self.library, programs,
            [name], beside))

    # ---- what scenarios do

    def start_pod(self, name, resources, **options):
        """Creates a pod that looks and stays; waits until it has looked."""
        self.cluster.create_pod(name, resources, script=LOOK_AND_STAY, **options)
        self.cluster.running(name)
        return self.seen(name)

    def log(self, name, container="main"):
        return self.cluster.api.ask(
            "GET", f"/api/v1/namespaces/default/pods/{name}/log?container={container}")

    def seen(self, name, container="main"):
        text = self.cluster.wait(
            lambda: "looked" in (log := self.log(name, container)) and log,
            f"pod {name} to say what it sees", 20)
        return Seen(text)

    def check_sees_only(self, seen, uuid):
        """The container has the slice's device files, may open them, and no other GPU's."""
        slice_ = self.gpus.slices()[uuid]
        assert seen.slice_nodes() == slice_["nodes"], (
            f"the container has {sorted(seen.slice_nodes())}, its slice is {slice_}")
        assert set(seen.nodes.values()) == {"no device"}, f"not all may be opened: {seen.nodes}"
        wanted = {g: "no device" if g == slice_["gpu"] else "denied" for g in range(GPU_COUNT)}
        assert seen.gpus == wanted, f"by a device file of its own making: {seen.gpus}"

    @staticmethod
    def state_folder():
        """On the node, and at the same path in the agent's container."""
        return STATE.parent
