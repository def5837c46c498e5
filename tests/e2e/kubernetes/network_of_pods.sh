#!/bin/sh
# The cluster's network plugin (CNI 0.4.0): a pod reaches the node, and so the API server; the node
# reaches the pod. A pair of veth devices, the node's end on a bridge that has the node's address.
# Source. github.com/containernetworking/cni SPEC.md 0.4.0: parameters, results.
set -eu
: "${CNI_COMMAND:?}" "${CNI_CONTAINERID:=}" "${CNI_NETNS:=}" "${CNI_IFNAME:=eth0}"
exec 2>>"${SEPTET_E2E_CNI_LOG:-/var/log/network_of_pods.log}"
host=p$(printf %s "$CNI_CONTAINERID" | cut -c 1-12)
case $CNI_COMMAND in
  VERSION) echo '{"cniVersion":"0.4.0","supportedVersions":["0.3.1","0.4.0"]}' ;;
  ADD)
    # The next of 10.88.1.1 to 10.88.250.250, never used twice in a run.
    counter=/run/network_of_pods
    exec 9>"$counter.lock"
    flock 9
    n=$(($(cat "$counter" 2>/dev/null || echo 0) + 1))
    echo $n >"$counter"
    address=10.88.$((1 + n / 250)).$((1 + n % 250))
    ip link add "$host" type veth peer name "e$host"
    ip link set "$host" master pods up
    nsenter --net="$CNI_NETNS" ip link set lo up
    # The namespace's process is not known; a process of our own in it is.
    nsenter --net="$CNI_NETNS" sleep 30 &
    inside=$!
    while [ "$(readlink /proc/$inside/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do :; done
    ip link set "e$host" netns $inside
    kill $inside
    nsenter --net="$CNI_NETNS" sh -c "ip link set e$host name $CNI_IFNAME && ip link set $CNI_IFNAME up &&
      ip addr add $address/16 dev $CNI_IFNAME && ip route add default via 10.88.0.1"
    echo "{\"cniVersion\":\"0.4.0\",\"interfaces\":[{\"name\":\"$CNI_IFNAME\",\"sandbox\":\"$CNI_NETNS\"}],
      \"ips\":[{\"version\":\"4\",\"address\":\"$address/16\",\"gateway\":\"10.88.0.1\",\"interface\":0}]}"
    ;;
  DEL) ip link del "$host" 2>/dev/null || true ;;
esac
