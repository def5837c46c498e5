# shellcheck shell=bash
# How install.sh builds Kubernetes, containerd and NVIDIA's device plugin; sourced, not run.
#
# Kubernetes and containerd are one Go module of ours (tests/e2e/kubernetes/cluster): its go.mod and
# go.sum fix every version and sum, and packages that both use are compiled once.

cluster_sources=$here/../e2e/kubernetes/cluster
kube_names=(kube-apiserver kube-controller-manager kube-scheduler kubelet kubectl helm-template)

# What is built depends on these, and on nothing else.
cluster_stamp() {
  cat "$cluster_sources"/go.mod "$cluster_sources"/go.sum \
    "$cluster_sources"/*/*.go | sha256sum
}

# etcd, runc, and what a pod's image and network are made of.
cluster_packages_present() {
  local program
  for program in etcd runc busybox ip openssl; do
    command -v $program >/dev/null || return 1
  done
}

cluster_present() {
  cluster_packages_present &&
    [ "$(cat "$dir/kubernetes/from" 2>/dev/null)" = "$(cluster_stamp)" ]
}

# Debian starts its etcd; the tests' own is another.
stop_debians_etcd() {
  if [ -d /run/systemd/system ]; then as_root systemctl disable --now etcd >&2 || true; fi
}

install_kubernetes() {
  if cluster_present; then return 0; fi
  local before=absent go name begun=$SECONDS
  command -v etcd >/dev/null && before=present
  cluster_packages_present ||
    apt_install etcd-server runc busybox-static iproute2 openssl || return 1
  if [ $before = absent ]; then stop_debians_etcd; fi
  go=$(newer_go) || return 1
  go_environment "$go"
  say "building Kubernetes and containerd with $("$go" env GOVERSION) (ten minutes on two cores)"
  rm -rf "$dir/kubernetes"
  mkdir -p "$dir/kubernetes"
  # No symbols, no debug information, nothing optimized: a third less to build. The version, which Kubernetes' own
  # build sets, is that of go.mod.
  local version set=k8s.io/component-base/version
  version=$(awk '$1 == "require" && $2 == "k8s.io/kubernetes" { print $3 }' \
    "$cluster_sources/go.mod")
  (cd "$cluster_sources" && CGO_ENABLED=0 "$go" build -mod=readonly -buildvcs=false -gcflags="all=-N -l" \
    -ldflags="-s -w -X $set.gitVersion=$version -X $set.gitMajor=1 -X $set.gitMinor=34" \
    -o "$dir/kubernetes/" ./...) >&2 || return 1
  for name in "${kube_names[@]}"; do ln -s kube "$dir/kubernetes/$name"; done
  ln -s containerd "$dir/kubernetes/ctr"
  mv "$dir/kubernetes/shim" "$dir/kubernetes/containerd-shim-runc-v2"
  cluster_stamp >"$dir/kubernetes/from"
  say "that took $((SECONDS - begun)) s"
}

install_k8s_device_plugin() {
  install_go_program k8s-device-plugin github.com/NVIDIA/k8s-device-plugin \
    ./cmd/nvidia-device-plugin nvidia-device-plugin
}
