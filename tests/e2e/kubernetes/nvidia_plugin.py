"""NVIDIA's k8s-device-plugin, unmodified, as a DaemonSet."""

import shutil

import images

NAME, NAMESPACE = "nvidia-device-plugin-daemonset", "kube-system"
PATH = f"/apis/apps/v1/namespaces/{NAMESPACE}/daemonsets"


class NvidiaPlugin:
    def __init__(self, bench, program):
        self.bench, self.program, self.imported = bench, program, False

    def install(self, **environment):
        """`environment`: NVIDIA's own variables, MIG_STRATEGY="mixed"."""
        if not self.imported:
            self.bench.image(images.NVIDIA, {self.program: "/usr/bin/nvidia-device-plugin"})
            self.imported = True
        labels = {"name": "nvidia-device-plugin-ds"}
        folders = {"device-plugins": "/var/lib/kubelet/device-plugins",
                   "septet": "/var/lib/septet", "cdi": "/var/run/cdi"}
        container = {
            "name": "nvidia-device-plugin-ctr", "image": images.NVIDIA, "imagePullPolicy": "Never",
            "env": [{"name": k, "value": v} for k, v in environment.items()],
            "securityContext": {"privileged": True},  # PASS_DEVICE_SPECS needs it
            "volumeMounts": [{"name": n, "mountPath": p} for n, p in folders.items()]}
        self.bench.cluster.api.create(PATH, {
            "apiVersion": "apps/v1", "kind": "DaemonSet",
            "metadata": {"name": NAME, "namespace": NAMESPACE},
            "spec": {"selector": {"matchLabels": labels}, "template": {
                "metadata": {"labels": labels},
                "spec": {"priorityClassName": "system-node-critical", "containers": [container],
                         "terminationGracePeriodSeconds": 5,
                         "volumes": [{"name": n, "hostPath": {
                             "path": p, "type": "DirectoryOrCreate"}} for n, p in folders.items()]},
            }}})

    def driver_root(self):
        """What it wants to find of a driver before it writes a CDI specification, and the variables
        that say where; its hooks do nothing here."""
        root = self.bench.state_folder() / "driver-root"
        libraries = root / "usr/lib64"
        libraries.mkdir(parents=True)
        version = self.bench.gpus.status()["driver_version"]
        shutil.copy(self.bench.library, libraries / f"libnvidia-ml.so.{version}")
        (libraries / "libnvidia-ml.so.1").symlink_to(f"libnvidia-ml.so.{version}")
        (libraries / f"libcuda.so.{version}").touch()
        return {"NVIDIA_DRIVER_ROOT": str(root), "DRIVER_ROOT_CTR_PATH": str(root),
                "NVIDIA_DEV_ROOT": "/", "NVIDIA_CDI_HOOK_PATH": "/bin/true"}

    def remove(self):
        self.bench.cluster.api.delete(f"{PATH}/{NAME}")
        self.bench.cluster.wait(lambda: not self.pods(), "NVIDIA's plugin to be gone", 60)

    def pods(self):
        return self.bench.cluster.api.items(
            f"/api/v1/namespaces/{NAMESPACE}/pods?labelSelector=name%3Dnvidia-device-plugin-ds")
