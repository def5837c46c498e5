# shellcheck shell=bash
# How install.sh gets Debian's Prometheus and promtool, without starting one; sourced, not run.

prometheus_present() {
  command -v prometheus >/dev/null &&
    promtool --version 2>/dev/null | grep -q "version $(locked prometheus 2)+"
}

# Debian starts its Prometheus; the tests' own is another. What says that it may not goes again.
install_prometheus() {
  if prometheus_present; then return 0; fi
  local policy=/usr/sbin/policy-rc.d ours=no done=0
  if apt_allowed prometheus && [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null
    as_root chmod +x $policy
    ours=yes
  fi
  apt_install prometheus || done=1
  if [ $ours = yes ]; then as_root rm -f $policy; fi
  if [ -d /run/systemd/system ]; then as_root systemctl disable prometheus >&2 || true; fi
  [ $done = 0 ] || return 1
  prometheus_present ||
    { say "Debian's Prometheus is $(promtool --version 2>&1 | head -n 1), not $(locked prometheus 2)"; return 1; }
}
