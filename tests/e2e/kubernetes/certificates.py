"""The cluster's authority, the API server's certificate, and who is who (by token)."""

import json
import secrets
import subprocess

SERVICE_ADDRESS = "10.96.0.1"  # of `kubernetes.default`, the first of SERVICE_RANGE
SERVICE_RANGE = "10.96.0.0/16"
NODE_ADDRESS = "10.88.0.1"
API_PORT = 443
SERVER = f"https://{SERVICE_ADDRESS}:{API_PORT}"


def _openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, text=True)


def make(folder):
    """ca.crt, server.crt, server.key and service-account.key (elliptic: RSA takes its time)."""
    folder.mkdir()
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    ca, key = folder / "ca.crt", folder / "ca.key"
    _openssl("req", "-x509", *curve, "-keyout", key, "-out", ca, "-days", 2,
             "-subj", "/CN=septet-e2e")
    names = ["DNS:kubernetes", "DNS:kubernetes.default", "DNS:kubernetes.default.svc",
             "DNS:localhost", "IP:127.0.0.1", f"IP:{SERVICE_ADDRESS}", f"IP:{NODE_ADDRESS}"]
    request, names_file = folder / "server.csr", folder / "names"
    names_file.write_text("subjectAltName=" + ",".join(names) + "\n")
    _openssl("req", "-new", *curve, "-keyout", folder / "server.key", "-out", request,
             "-subj", "/CN=kube-apiserver")
    _openssl("x509", "-req", "-in", request, "-CA", ca, "-CAkey", key, "-CAcreateserial",
             "-days", 2, "-extfile", names_file, "-out", folder / "server.crt")
    _openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout",
             "-out", folder / "service-account.key")
    return folder


def make_users(folder, node):
    """tokens.csv for the API server and a kubeconfig for each; returns their tokens by name."""
    users = {"admin": ("admin", "system:masters"),
             "kubelet": (f"system:node:{node}", "system:nodes"),
             "scheduler": ("system:kube-scheduler", ""),
             "manager": ("system:kube-controller-manager", "")}
    tokens = {name: secrets.token_hex(16) for name in users}
    rows = [f'{tokens[name]},{user},{name},"{group}"' for name, (user, group) in users.items()]
    (folder / "tokens.csv").write_text("\n".join(rows) + "\n")
    for name, token in tokens.items():
        write_kubeconfig(folder / f"{name}.kubeconfig", folder / "ca.crt", token)
    return tokens


def write_kubeconfig(path, authority, token):
    """In JSON, which is YAML."""
    path.write_text(json.dumps({
        "apiVersion": "v1", "kind": "Config", "current-context": "here",
        "clusters": [{"name": "here", "cluster": {"server": SERVER,
                                                  "certificate-authority": str(authority)}}],
        "users": [{"name": "me", "user": {"token": token}}],
        "contexts": [{"name": "here", "context": {"cluster": "here", "user": "me"}}]}))
