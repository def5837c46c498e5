"""etcd, the API server, scheduler, controller manager, containerd and kubelet as processes."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

import certificates
from certificates import NODE_ADDRESS
from own_machine import CGROUP, NODE, cgroup_hierarchies

PAUSE_IMAGE = "septet.test/pause:1"
CONTAINERD_SOCKET = "/run/containerd/containerd.sock"
HERE = pathlib.Path(__file__).resolve().parent


class Component:
    """One process, its log, and how to end it."""

    def __init__(self, name, argv, logs, environment=None):
        self.name, self.argv, self.log = name, [str(a) for a in argv], logs / f"{name}.log"
        self.environment = {**os.environ, **(environment or {})}
        self.process = None

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.argv, stdout=log, stderr=log,
                                            stdin=subprocess.DEVNULL, env=self.environment)
        return self

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def stop(self, number=signal.SIGTERM, patience_s=15):
        if not self.alive():
            return
        self.process.send_signal(number)
        try:
            self.process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def tail(self, lines=25):
        if not self.log.exists():
            return "(no log)"
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def network():
    """Addresses of the API's service and of the node, and the bridge pods hang on."""
    for command in ("link set lo up",
                    f"addr add {certificates.SERVICE_ADDRESS}/32 dev lo",
                    "link add pods type bridge", "link set pods up",
                    f"addr add {NODE_ADDRESS}/16 dev pods",
                    f"route add default dev pods src {NODE_ADDRESS}"):
        subprocess.run(["ip", *command.split()], check=True, capture_output=True)


def etcd(programs, scratch, logs):
    peer, client = "http://127.0.0.1:2380", "http://127.0.0.1:2379"
    return Component("etcd", [
        programs.etcd, "--name=e2e", f"--data-dir={scratch}/etcd", f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}", f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}", f"--initial-cluster=e2e={peer}",
        "--unsafe-no-fsync"], logs)


def api_server(programs, keys, logs):
    return Component("kube-apiserver", [
        programs.kube("kube-apiserver"), "--etcd-servers=http://127.0.0.1:2379",
        f"--secure-port={certificates.API_PORT}", "--bind-address=0.0.0.0",
        f"--advertise-address={NODE_ADDRESS}", "--endpoint-reconciler-type=none",
        f"--service-cluster-ip-range={certificates.SERVICE_RANGE}",
        f"--tls-cert-file={keys}/server.crt", f"--tls-private-key-file={keys}/server.key",
        f"--client-ca-file={keys}/ca.crt", "--kubelet-preferred-address-types=InternalIP",
        f"--requestheader-client-ca-file={keys}/ca.crt", "--requestheader-allowed-names=nobody",
        "--requestheader-username-headers=X-Remote-User",
        "--requestheader-group-headers=X-Remote-Group",
        "--requestheader-extra-headers-prefix=X-Remote-Extra-",
        "--feature-gates=SizeBasedListCostEstimate=false",  # it counts what etcd 3.4 cannot tell
        f"--token-auth-file={keys}/tokens.csv", "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={keys}/service-account.key",
        f"--service-account-signing-key-file={keys}/service-account.key",
        "--allow-privileged=true", "--profiling=false"], logs)


def scheduler(programs, keys, logs):
    return Component("kube-scheduler", [
        programs.kube("kube-scheduler"), f"--kubeconfig={keys}/scheduler.kubeconfig",
        f"--authentication-kubeconfig={keys}/scheduler.kubeconfig",
        f"--authorization-kubeconfig={keys}/scheduler.kubeconfig",
        "--leader-elect=false", "--bind-address=127.0.0.1"], logs)


def controller_manager(programs, keys, logs):
    return Component("kube-controller-manager", [
        programs.kube("kube-controller-manager"), f"--kubeconfig={keys}/manager.kubeconfig",
        f"--authentication-kubeconfig={keys}/manager.kubeconfig",
        f"--authorization-kubeconfig={keys}/manager.kubeconfig",
        "--leader-elect=false", "--bind-address=127.0.0.1", "--use-service-account-credentials",
        f"--service-account-private-key-file={keys}/service-account.key",
        f"--root-ca-file={keys}/ca.crt"], logs)


def _snapshotter(scratch):
    """overlayfs where scratch can carry one (not where it is itself on an overlay)."""
    folders = [scratch / "try" / name for name in ("lower", "upper", "work", "merged")]
    for folder in folders:
        folder.mkdir(parents=True)
    lower, upper, work, merged = map(str, folders)
    done = subprocess.run(["mount", "-t", "overlay", "-o",
                           f"lowerdir={lower},upperdir={upper},workdir={work}", "overlay", merged],
                          capture_output=True, check=False)
    if done.returncode == 0:
        subprocess.run(["umount", merged], check=True)
    shutil.rmtree(scratch / "try")
    return "overlayfs" if done.returncode == 0 else "native"


def containerd(programs, scratch, logs):
    cri, configuration = 'plugins."io.containerd.grpc.v1.cri"', scratch / "containerd.toml"
    plugins, networks = scratch / "cni/bin", scratch / "cni/net.d"
    plugins.mkdir(parents=True)
    networks.mkdir()
    for name in ("network_of_pods", "loopback"):
        shutil.copy(HERE / "network_of_pods.sh", plugins / name)
    (networks / "1.conf").write_text(json.dumps(
        {"cniVersion": "0.4.0", "name": "pods", "type": "network_of_pods"}))
    configuration.write_text(f"""version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs",
  "io.containerd.snapshotter.v1.devmapper", "io.containerd.tracing.processor.v1.otlp"]
[grpc]
  address = "{CONTAINERD_SOCKET}"
[{cri}]
  sandbox_image = "{PAUSE_IMAGE}"
  restrict_oom_score_adj = true
  disable_apparmor = true
  enable_cdi = true
  cdi_spec_dirs = ["/etc/cdi", "/var/run/cdi"]
[{cri}.containerd]
  snapshotter = "{_snapshotter(scratch)}"
[{cri}.containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
[{cri}.cni]
  bin_dir = "{plugins}"
  conf_dir = "{networks}"
""")
    path = f"{programs.containerd.parent}:{os.environ['PATH']}"  # its shim is beside it
    return Component("containerd", [programs.containerd, "--config", configuration], logs,
                     {"PATH": path, "SEPTET_E2E_CNI_LOG": str(logs / "network_of_pods.log")})


def kubelet(programs, scratch, keys, logs):
    version_1 = not (cgroup_hierarchies()[0] / "cgroup.controllers").exists()
    configuration = scratch / "kubelet.json"
    configuration.write_text(json.dumps({
        "apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration",
        "authentication": {"anonymous": {"enabled": True}, "webhook": {"enabled": False}},
        "authorization": {"mode": "AlwaysAllow"},
        "cgroupDriver": "cgroupfs", "cgroupRoot": f"/{CGROUP}", "failCgroupV1": False,
        "containerRuntimeEndpoint": f"unix://{CONTAINERD_SOCKET}",
        "enforceNodeAllocatable": ["pods"], "failSwapOn": False, "oomScoreAdj": 0,
        "evictionHard": {"memory.available": "50Mi", "nodefs.available": "1%",
                         "imagefs.available": "1%"},
        "imageGCHighThresholdPercent": 100, "imageGCLowThresholdPercent": 99,
        "makeIPTablesUtilChains": False, "resolvConf": "", "clusterDNS": ["10.96.0.10"],
        "nodeStatusUpdateFrequency": "1s",
        "syncFrequency": "5s", "volumePluginDir": f"{scratch}/volume-plugins",
        "podLogsDir": "/var/log/pods", "registerNode": True,
        "shutdownGracePeriod": "0s"}))
    if version_1:
        print("control groups: version 1", file=sys.stderr)
    return Component("kubelet", [
        programs.kube("kubelet"), f"--config={configuration}",
        f"--kubeconfig={keys}/kubelet.kubeconfig", f"--hostname-override={NODE}",
        f"--node-ip={NODE_ADDRESS}", "--root-dir=/var/lib/kubelet", "--v=2"], logs,
        {"PATH": f"{programs.folder}:{os.environ['PATH']}"})


def wait_until(question, what, patience_s, every_s=0.1):
    """The first answer of question() that is not false or empty; an exception counts as no."""
    end, last = time.monotonic() + patience_s, None
    while True:
        try:
            answer = question()
            if answer:
                return answer
            last = answer
        except Exception as problem:  # the last is in the message
            last = problem
        if time.monotonic() > end:
            raise TimeoutError(f"waited {patience_s:g} s for {what}; last seen: {last!r}")
        time.sleep(every_s)
