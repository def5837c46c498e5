# shellcheck shell=bash
# How install.sh gets container engines and CNCF's CDI library; sourced, not run.

engine_packages=(podman runc docker.io busybox-static)
validator_sources=$here/../e2e/containers/cdi_validator

# Is every package there, at the upstream version of clients.lock?
engines_present() {
  local package found
  for package in "${engine_packages[@]}"; do
    found=$(dpkg-query -W -f='${Version}' "$package" 2>/dev/null) || return 1
    found=${found#*:}
    case $found in
      "$(locked "$package" 2)"[-+~]*) ;;
      *)
        say "$package is $found, not $(locked "$package" 2)"
        return 1
        ;;
    esac
  done
}

# Debian starts its dockerd where there is an init to do so; the tests' own is another.
stop_debians_dockerd() {
  if [ -d /run/systemd/system ]; then
    as_root systemctl disable --now docker.service docker.socket >&2 || true
  fi
}

validator_stamp() {
  cat "$validator_sources"/go.mod "$validator_sources"/go.sum "$validator_sources"/*.go | sha256sum
}

install_validator() {
  local go output=$dir/bin/cdi-validator
  if [ -x "$output" ] && [ "$(cat "$output.from" 2>/dev/null)" = "$(validator_stamp)" ]; then
    return 0
  fi
  go=$(newer_go) || return 1
  go_environment "$go"
  say "building cdi-validator with $("$go" env GOVERSION)"
  mkdir -p "$dir/bin"
  (cd "$validator_sources" && CGO_ENABLED=0 "$go" build -mod=readonly -buildvcs=false -o "$output" .) \
    >&2 || return 1
  validator_stamp >"$output.from"
}

install_containers() {
  if ! engines_present; then
    local before=absent
    command -v dockerd >/dev/null && before=present
    apt_install "${engine_packages[@]}" || return 1
    if [ $before = absent ]; then stop_debians_dockerd; fi
    engines_present || return 1
  fi
  install_validator
}
