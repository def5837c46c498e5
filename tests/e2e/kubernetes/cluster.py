"""A whole cluster on one machine: brings it up, asks it, says what went wrong in it."""

import json
import pathlib
import subprocess
import sys
import time

import certificates
import components
import images
from api import Api, Refused
from components import wait_until
from own_machine import NODE

NODE_PATH = f"/api/v1/nodes/{NODE}"


class Programs:
    """Where install.sh put them, and Debian's."""

    def __init__(self, folder, etcd="etcd", busybox="/bin/busybox"):
        self.folder = pathlib.Path(folder)
        self.etcd, self.busybox = etcd, busybox
        self.containerd, self.ctr = self.folder / "containerd", self.folder / "ctr"

    def kube(self, name):
        return self.folder / name


class Cluster:
    def __init__(self, programs, scratch):
        self.programs, self.scratch = programs, scratch
        self.logs = scratch / "logs"
        self.logs.mkdir()
        self.keys = certificates.make(scratch / "keys")
        self.tokens = certificates.make_users(self.keys, NODE)
        self.api = Api(self.keys / "ca.crt", self.tokens["admin"])
        self.parts = {}

    def start(self):
        """Returns the seconds until the node was Ready and pods may be scheduled to it."""
        begun = time.monotonic()
        components.network()
        self._start(components.containerd(self.programs, self.scratch, self.logs))
        self._start(components.etcd(self.programs, self.scratch, self.logs))
        self._start(components.api_server(self.programs, self.keys, self.logs))
        self.import_image(images.busybox(self.scratch / "busybox.tar", self.programs.busybox,
                                         [images.BUSYBOX, components.PAUSE_IMAGE]))
        self.wait(lambda: self.api.ask("GET", "/readyz") == "ok", "the API server", 120)
        for part in (components.scheduler(self.programs, self.keys, self.logs),
                     components.controller_manager(self.programs, self.keys, self.logs),
                     components.kubelet(self.programs, self.scratch, self.keys, self.logs)):
            self._start(part)
        self.wait(self.ready, "the node to be Ready", 120)
        self.wait(lambda: self.api.get("/api/v1/namespaces/default/serviceaccounts/default"),
                  "the default service account", 60)
        return time.monotonic() - begun

    def _start(self, part):
        self.parts[part.name] = part.start()

    def stop(self):
        for part in reversed(list(self.parts.values())):
            part.stop()

    def restart_kubelet(self):
        self.parts["kubelet"].stop()
        self.parts["kubelet"].start()

    def wait(self, question, what, patience_s=90, every_s=0.1):
        """wait_until, but a component that died is said at once."""
        def asked():
            dead = [p for p in self.parts.values() if not p.alive()]
            if dead:
                raise SystemExit(f"{dead[0].name} ended with {dead[0].process.returncode}:\n"
                                 f"{dead[0].tail()}")
            return question()
        return wait_until(asked, what, patience_s, every_s)

    def import_image(self, archive):
        def imported():
            done = subprocess.run([self.programs.ctr, "--address", components.CONTAINERD_SOCKET,
                                   "--namespace", "k8s.io", "images", "import", str(archive)],
                                  capture_output=True, text=True, check=False)
            if done.returncode:
                raise RuntimeError(done.stderr.strip())
            return True
        self.wait(imported, f"containerd to take {archive.name}", 60)
        archive.unlink()

    def kubectl(self, *arguments, check=True):
        done = subprocess.run([self.programs.kube("kubectl"),
                               f"--kubeconfig={self.keys}/admin.kubeconfig", *map(str, arguments)],
                              capture_output=True, text=True, check=False, timeout=120)
        if check and done.returncode:
            raise RuntimeError(f"kubectl {' '.join(map(str, arguments))}: {done.stderr.strip()}")
        return done.stdout

    # ---- the node

    def node(self):
        return self.api.get(NODE_PATH)

    def ready(self):
        node = self.node()
        conditions = {c["type"]: c["status"] for c in node["status"]["conditions"]}
        return conditions.get("Ready") == "True" and not node["spec"].get("taints")

    def resources(self, field="allocatable", prefix="nvidia.com/"):
        """Resource name to count, as the node says; none that are zero."""
        found = self.node()["status"].get(field, {})
        return {k: int(v) for k, v in found.items() if k.startswith(prefix) and v != "0"}

    def wait_resources(self, wanted, patience_s=120):
        try:
            self.wait(lambda: self.resources() == wanted, f"the node to offer exactly {wanted}",
                      patience_s)
        except TimeoutError as late:
            raise TimeoutError(f"{late}; it offers {self.resources()}") from late

    # ---- pods

    def pod(self, name, namespace="default"):
        return self.api.get(f"/api/v1/namespaces/{namespace}/pods/{name}")

    def create_pod(self, name, resources=None, script="sleep 1000000", containers=None,
                   annotations=None, namespace="default"):
        """A pod of busybox; `containers` (name to resources) instead of one called `main`."""
        wishes = containers or {"main": resources or {}}
        spec = {"restartPolicy": "Never", "terminationGracePeriodSeconds": 0,
                "containers": [{"name": n, "image": images.BUSYBOX, "imagePullPolicy": "Never",
                                "command": ["sh", "-c", script],
                                "resources": {"limits": {k: str(v) for k, v in r.items()}}}
                               for n, r in wishes.items()]}
        return self.api.create(f"/api/v1/namespaces/{namespace}/pods", {
            "apiVersion": "v1", "kind": "Pod", "spec": spec,
            "metadata": {"name": name, "annotations": annotations or {}}})

    def running(self, name, patience_s=90, namespace="default"):
        def is_running():
            phase = self.pod(name, namespace)["status"]["phase"]
            if phase in ("Failed", "Succeeded"):
                raise SystemExit(f"pod {name}: {phase}\n{self.describe(name, namespace)}")
            return phase == "Running"
        self.wait(is_running, f"pod {name} to run", patience_s)
        return self.pod(name, namespace)

    def unschedulable(self, name, patience_s=90):
        """The scheduler's words."""
        def told():
            for condition in self.pod(name)["status"].get("conditions", []):
                if condition["type"] == "PodScheduled" and condition["status"] == "False":
                    return condition["message"]
            return None
        return self.wait(told, f"pod {name} to be refused a place", patience_s)

    def delete_pod(self, name, namespace="default"):
        path = f"/api/v1/namespaces/{namespace}/pods/{name}"
        self.api.delete(path, grace_s=0)
        def gone():
            try:
                self.api.get(path)
            except Refused as refused:
                return refused.status == 404
            return False
        self.wait(gone, f"pod {name} to be gone", 40)

    def execute(self, pod, *command, container=None, namespace="default"):
        place = [] if container is None else ["-c", container]
        return self.kubectl("exec", "-n", namespace, pod, *place, "--", *command)

    # ---- when something is wrong

    def events(self, limit=25):
        found = self.api.items("/api/v1/events")
        found.sort(key=lambda e: e["metadata"]["creationTimestamp"])
        return [f"{e['involvedObject'].get('kind')}/{e['involvedObject'].get('name')} "
                f"{e.get('reason')}: {e.get('message')}" for e in found][-limit:]

    def describe(self, name, namespace="default"):
        status = self.pod(name, namespace)["status"]
        return json.dumps(status.get("containerStatuses", status), indent=1)

    def report(self, stream=sys.stderr):
        """Pods, events and the logs' ends; never raises."""
        def section(title, question):
            try:
                text = question()
            except Exception as problem:  # a report says what it can
                text = f"(not known: {problem})"
            print(f"--- {title}\n{text}", file=stream)
        section("node", lambda: json.dumps({k: self.resources(k) for k in
                                            ("capacity", "allocatable")}))
        section("pods", lambda: self.kubectl("get", "pods", "-A", "-o", "wide"))
        section("events", lambda: "\n".join(self.events()))
        for log in sorted(pathlib.Path("/var/log/pods").glob("*/*/*.log")):
            section(str(log), lambda path=log: "\n".join(
                path.read_text(errors="replace").splitlines()[-30:]))
        for part in self.parts.values():
            if not part.alive() or part.name in ("kubelet", "containerd"):
                section(f"{part.name} ({'runs' if part.alive() else 'ended'})", part.tail)
