#!/bin/sh
# The cluster's network plugin (CNI 0.4.0): a pod reaches the node, and so the API server; the node
# reaches the pod. A pair of veth devices, the node's end on a bridge that has the node's address.
# Called `loopback` it is that plugin.
# Source. github.com/containernetworking/cni SPEC.md 0.4.0: parameters, results.
set -eu
: "${CNI_COMMAND:?}" "${CNI_CONTAINERID:=}" "${CNI_NETNS:=}" "${CNI_IFNAME:=eth0}"
exec 2>>"${SEPTET_E2E_CNI_LOG:-/var/log/network_of_pods.log}"
host=p$(printf %s "$CNI_CONTAINERID" | cut -c 1-12)

in_pod() { nsenter --net="$CNI_NETNS" "$@"; }

# The next of 10.88.1.1 to 10.88.250.250, never used twice in a run.
next_address() {
  exec 9>/run/network_of_pods.lock
  flock 9
  n=$(($(cat /run/network_of_pods 2>/dev/null || echo 0) + 1))
  echo $n >/run/network_of_pods
  exec 9>&-
  echo "10.88.$((1 + n / 250)).$((1 + n % 250))"
}

add() {
  address=$(next_address)
  ip link add "$host" type veth peer name "e$host"
  ip link set "$host" master pods up
  ip link set "e$host" netns "$CNI_NETNS"
  in_pod ip link set lo up
  in_pod ip link set "e$host" name "$CNI_IFNAME"
  in_pod ip link set "$CNI_IFNAME" up
  in_pod ip addr add "$address/16" dev "$CNI_IFNAME"
  in_pod ip route add default via 10.88.0.1
  echo "{\"cniVersion\":\"0.4.0\",
    \"interfaces\":[{\"name\":\"$CNI_IFNAME\",\"sandbox\":\"$CNI_NETNS\"}],
    \"ips\":[{\"version\":\"4\",\"address\":\"$address/16\",\"gateway\":\"10.88.0.1\",
      \"interface\":0}]}"
}

case $(basename "$0").$CNI_COMMAND in
  *.VERSION) echo '{"cniVersion":"0.4.0","supportedVersions":["0.3.1","0.4.0"]}' ;;
  loopback.ADD)
    in_pod ip link set lo up
    echo '{"cniVersion":"0.3.1","ips":[{"version":"4","address":"127.0.0.1/8"}]}'
    ;;
  network_of_pods.ADD) add ;;
  network_of_pods.DEL) ip link del "$host" 2>/dev/null || true ;;
esac
