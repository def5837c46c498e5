"""septet's node agent as deploy/ installs it, with an image of the programs built here."""

import json
import os
import pathlib
import signal
import subprocess

import images
from api import Refused
from own_machine import NODE

NAMESPACE, ACCOUNT = "septet-system", "septet-agent"
PROGRAM = "/usr/bin/septet-agent"  # in the image, beside septet, which starts it
DEPLOY = pathlib.Path(__file__).resolve().parents[3] / "deploy"
MANIFEST = DEPLOY / "kubernetes/septet.yaml"
LAYOUTS = f"/apis/septet.dev/v1alpha1/namespaces/{NAMESPACE}/miglayouts"


class SeptetAgent:
    def __init__(self, bench, program):
        self.bench, self.program, self.imported = bench, program, False

    def objects(self, **environment):
        """What the manifest holds, with the image and the variables of this test."""
        text = self.bench.cluster.kubectl("create", "--dry-run=client", "--validate=false",
                                          "-o", "json", "-f", MANIFEST)
        decoder, found, at = json.JSONDecoder(), [], 0
        while at < len(text.rstrip()):
            one, at = decoder.raw_decode(text, at)
            found += one["items"] if one["kind"] == "List" else [one]
            at += len(text[at:]) - len(text[at:].lstrip())
        for one in found:
            if one["kind"] == "DaemonSet":
                self._adapt(one["spec"]["template"]["spec"]["containers"][0], environment)
        return found

    @staticmethod
    def _adapt(container, environment):
        container["image"], container["imagePullPolicy"] = images.SEPTET, "Never"
        kept = [e for e in container.get("env", []) if e["name"] not in environment]
        container["env"] = kept + [{"name": k, "value": v} for k, v in environment.items()]

    def install(self, **environment):
        """`environment`: NVIDIA's variables, MIG_STRATEGY="mixed"; waits until it runs."""
        if not self.imported:
            self.bench.image(images.SEPTET, {self.bench.septet: "/usr/bin/septet"},
                             {self.program: PROGRAM})
            self.imported = True
        self.apply(self.objects(**environment))
        self.wait_running()

    def apply(self, objects):
        for one in objects:  # the definition of MigLayouts before any
            self._apply_one(one)

    def _apply_one(self, one):
        done = subprocess.run(
            [self.bench.programs.kube("kubectl"),
             f"--kubeconfig={self.bench.cluster.keys}/admin.kubeconfig", "apply", "-f", "-"],
            input=json.dumps(one), capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{one['kind']} {one['metadata']['name']}: {done.stderr.strip()}")

    def wait_running(self):
        def running():
            pods = self.pods()
            return len(pods) == 1 and pods[0]["status"]["phase"] == "Running" and all(
                c["ready"] for c in pods[0]["status"]["containerStatuses"])
        self.bench.cluster.wait(running, "septet's agent to run", 60)

    def remove(self):
        cluster = self.bench.cluster
        try:
            for layout in cluster.api.items(LAYOUTS):
                cluster.api.delete(f"{LAYOUTS}/{layout['metadata']['name']}")
        except Refused as refused:
            if refused.status != 404:
                raise
        cluster.api.delete(f"/apis/apps/v1/namespaces/{NAMESPACE}/daemonsets/septet")
        cluster.wait(lambda: not self.pods(), "septet's agent to be gone", 60)
        cluster.api.merge(f"/api/v1/nodes/{NODE}", {"metadata": {"labels": {
            "nvidia.com/mig.config": None}}})

    def pods(self):
        return self.bench.cluster.api.items(
            f"/api/v1/namespaces/{NAMESPACE}/pods?labelSelector=app.kubernetes.io%2Fname%3Dseptet")

    def kill(self):
        """SIGKILL to the program itself, wherever it is; returns how many there were."""
        killed = 0
        for status in pathlib.Path("/proc").glob("[0-9]*/exe"):
            try:
                target = str(status.readlink())
            except OSError:
                continue
            if target.endswith(PROGRAM):
                os.kill(int(status.parent.name), signal.SIGKILL)
                killed += 1
        return killed

    # ---- MigLayouts

    def lay(self, name, gpus, **spec):
        """Creates or replaces a MigLayout of this node."""
        cluster = self.bench.cluster
        wanted = {"apiVersion": "septet.dev/v1alpha1", "kind": "MigLayout",
                  "metadata": {"name": name},
                  "spec": {**({"nodeName": NODE} if not spec else spec), "gpus": gpus}}
        try:
            old = cluster.api.get(f"{LAYOUTS}/{name}")
            cluster.api.merge(f"{LAYOUTS}/{name}", {"spec": {"gpus": gpus}})
            del old
        except Refused as refused:
            if refused.status != 404:
                raise
            cluster.api.create(LAYOUTS, wanted)

    def layout_status(self, name):
        """This node's entry, of the spec as it is now; None when there is none yet."""
        layout = self.bench.cluster.api.get(f"{LAYOUTS}/{name}")
        for entry in layout.get("status", {}).get("nodes", []):
            if entry["name"] == NODE and (entry["observedGeneration"]
                                          == layout["metadata"]["generation"]):
                return entry
        return None

    def wait_phase(self, name, phase, patience_s=90):
        def reached():
            entry = self.layout_status(name)
            return entry if entry and entry["phase"] == phase else None
        try:
            return self.bench.cluster.wait(reached, f"MigLayout {name} to be {phase}", patience_s)
        except TimeoutError as late:
            layout = self.bench.cluster.api.get(f"{LAYOUTS}/{name}")
            raise TimeoutError(f"{late}; generation {layout['metadata']['generation']}, status: "
                               f"{layout.get('status')}") from late
