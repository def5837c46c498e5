#!/usr/bin/env bash
# Installs the third-party clients of the conformance tests, at the versions of clients.lock.
#
#   install.sh [pynvml] [nvtop] [mig_parted] [k8s_device_plugin] [kubernetes] [slurm] [containers]
#              [dashboard] [prometheus]                                                  (none: all)
#
# Into $SEPTET_CONFORMANCE_DIR (default build/conformance beside the sources):
#   venv/bin/python            with nvidia-ml-py
#   bin/nvidia-mig-parted      built from its Go module, as is bin/nvidia-device-plugin
#   kubernetes/                kubelet, kube-apiserver, containerd, ... (kubernetes.sh)
#   bin/cdi-validator          CNCF's CDI library and schema (containers.sh)
#   (Debian's chromium; Playwright and axe beside tests/e2e/dashboard: dashboard.sh)
#   slurm-nvml/                Debian's gpu/nvml plugin of Slurm; Slurm itself from Debian (slurm.sh)
# nvtop, Prometheus, the container engines and missing tools (python3, go) come from Debian, as root or through passwordless sudo.
# Quick when everything is there. Exit status: 0 installed; 77 something could not be installed and
# this is not CI (CI=true makes it 1). SEPTET_CONFORMANCE_APT=no leaves the system's packages alone.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
dir=${SEPTET_CONFORMANCE_DIR:-$here/../../build/conformance}

say() { printf 'conformance: %s\n' "$*" >&2; }

# Field 2 (version) or 3 (check) of a row of clients.lock.
locked() { awk -v name="$1" -v field="$2" '$1 == name { print $field }' "$here/clients.lock"; }

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  else
    sudo -n "$@"
  fi
}

apt_allowed() {
  if [ "${SEPTET_CONFORMANCE_APT:-yes}" = no ]; then
    say "SEPTET_CONFORMANCE_APT=no: not installing $* from Debian"
  elif ! command -v apt-get >/dev/null; then
    say "no apt-get here: install $* by hand"
  elif ! as_root true 2>/dev/null; then
    say "neither root nor sudo without a password: install $* by hand"
  else
    return 0
  fi
  return 1
}

apt_update() { as_root apt-get -q -o DPkg::Lock::Timeout=300 update >&2; }

apt_install() {
  apt_allowed "$@" || return 1
  local try
  for try in as_it_is after_update; do
    if [ "$try" = after_update ]; then apt_update || return 1; fi
    if as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 \
      install --no-install-recommends "$@" >&2; then
      return 0
    fi
  done
  return 1
}

# ---- python3 and nvidia-ml-py --------------------------------------------------------------------

ensure_python() {
  python3 -c 'import venv, ensurepip' 2>/dev/null || apt_install python3 python3-venv
}

pynvml_present() {
  [ "$("$dir/venv/bin/python" -c 'from importlib.metadata import version
print(version("nvidia-ml-py"))' 2>/dev/null)" = "$(locked nvidia-ml-py 2)" ]
}

install_pynvml() {
  if pynvml_present; then return 0; fi
  ensure_python || return 1
  rm -rf "$dir/venv"
  python3 -m venv "$dir/venv" >&2 || return 1
  printf 'nvidia-ml-py==%s --hash=%s\n' "$(locked nvidia-ml-py 2)" "$(locked nvidia-ml-py 3)" \
    >"$dir/requirements.txt"
  "$dir/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps \
    --only-binary :all: --require-hashes -r "$dir/requirements.txt" >&2 || return 1
  pynvml_present
}

# ---- nvtop ---------------------------------------------------------------------------------------

nvtop_present() {
  command -v nvtop >/dev/null && nvtop --version 2>/dev/null | grep -qwF "$(locked nvtop 2)"
}

# Debian's version of the pinned nvtop, if apt knows one.
debian_nvtop() {
  apt-cache madison nvtop 2>/dev/null | awk -v pinned="$(locked nvtop 2)-" \
    'index($3, pinned) == 1 { print $3; exit }'
}

# The address, release and keyring of the Debian archive this machine already trusts, with one more
# component. A file of our own, so that removing it undoes everything.
# shellcheck disable=SC2016  # apt expands its own $(NAME)
enable_contrib() {
  local release archive
  archive=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Component: contrib')
  if [ -n "$archive" ]; then return 0; fi
  release=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
  archive=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Component: main' \
    "Codename: $release" | head -n 1)
  if [ -z "$archive" ]; then
    say "apt has no source for $release main, so contrib cannot be derived from it"
    return 1
  fi
  as_root tee /etc/apt/sources.list.d/septet-conformance-contrib.sources >/dev/null <<SOURCES
# nvtop for septet's conformance tests (tests/conformance/install.sh). May be removed.
Types: deb
URIs: $archive
Suites: $release
Components: contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
SOURCES
}

install_nvtop() {
  if nvtop_present; then return 0; fi
  apt_allowed nvtop || return 1
  local version
  version=$(debian_nvtop)
  if [ -z "$version" ]; then
    enable_contrib || return 1
    apt_update || return 1
    version=$(debian_nvtop)
  fi
  if [ -z "$version" ]; then
    say "Debian's contrib has no nvtop $(locked nvtop 2) for this machine"
    return 1
  fi
  apt_install "nvtop=$version" || return 1
  nvtop_present
}

# ---- programs in Go ------------------------------------------------------------------------------

# version_at_least 1.26.8 1.24.0
version_at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$2" ]; }

# Prints the h1: sum and the folder of module@version, fetching it if need be; $1 is the go to use.
go_module() {
  local go=$1 module=$2
  # Outside of any module, so that no go.mod near the sources has a say.
  (cd "$dir" && "$go" mod download -json "$module") |
    sed -n 's/^\t"\(Sum\|Dir\)": "\(.*\)",\{0,1\}$/\1 \2/p' | sort -r | cut -d ' ' -f 2
}

# A newer toolchain is a Go module like any other; Debian 12's go 1.19 can fetch and verify it, but
# does not know that a toolchain's files must be executable.
fetch_go() {
  local arch row
  command -v go >/dev/null || apt_install golang-go || return 1
  arch=$(go env GOARCH)
  row=go-linux-$arch
  if [ -z "$(locked "$row" 2)" ]; then
    say "clients.lock names no go for $arch: install go $(locked go-minimum 2) or newer by hand"
    return 1
  fi
  say "fetching go $(locked "$row" 2) (Debian's is too old)"
  local found
  mapfile -t found < <(GOMODCACHE=$dir/go/mod GOFLAGS=-modcacherw go_module go \
    "golang.org/toolchain@v0.0.1-go$(locked "$row" 2).linux-$arch")
  if [ "${found[0]:-}" != "$(locked "$row" 3)" ]; then
    say "go $(locked "$row" 2): sum '${found[0]:-none}' is not the one in clients.lock"
    return 1
  fi
  chmod -R u+x "${found[1]}/bin" "${found[1]}/pkg/tool" || return 1
  rm -rf "$dir/go/mod/cache/download/golang.org/toolchain"
  ln -sfn "${found[1]}" "$dir/go/root"
}

# Prints the path of a go that is new enough.
find_go() {
  local candidate version
  for candidate in go "$dir/go/root/bin/go"; do
    version=$(cd / && GOTOOLCHAIN=local "$candidate" env GOVERSION 2>/dev/null) || continue
    if version_at_least "${version#go}" "$(locked go-minimum 2)"; then
      printf '%s\n' "$candidate"
      return 0
    fi
  done
  return 1
}

# The go that builds, fetched if need be.
newer_go() { find_go || { fetch_go && find_go; }; }

go_environment() {
  export GOTOOLCHAIN=local GOFLAGS=-modcacherw
  if [ "$1" != go ]; then export GOMODCACHE=$dir/go/mod; fi
}

# install_go_program LOCKED_NAME MODULE PACKAGE OUTPUT: bin/OUTPUT from the module as it is.
# Built in the module's own folder rather than by `go install module@version`: the same sources and
# the same locked dependencies, but no need for the list of all its versions, which not every proxy
# serves.
install_go_program() {
  local name=$1 module=$2 package=$3 output=$dir/bin/$4 go found sum
  sum=$(locked "$name" 3)
  if [ -x "$output" ] && [ "$(cat "$output.from" 2>/dev/null)" = "$sum" ]; then return 0; fi
  go=$(newer_go) || return 1
  go_environment "$go"
  mapfile -t found < <(go_module "$go" "$module@$(locked "$name" 2)")
  if [ "${found[0]:-}" != "$sum" ]; then
    say "$name: sum '${found[0]:-none}' is not the one in clients.lock"
    return 1
  fi
  say "building $name $(locked "$name" 2) with $("$go" env GOVERSION)"
  mkdir -p "$dir/bin"
  (cd "${found[1]}" && CGO_ENABLED=1 "$go" build -p 2 -buildvcs=false -o "$output" "$package") \
    >&2 || return 1
  printf '%s\n' "$sum" >"$output.from"
}

install_mig_parted() {
  ensure_python || return 1  # its driver is a Python program
  install_go_program nvidia-mig-parted github.com/NVIDIA/mig-parted ./cmd/nvidia-mig-parted \
    nvidia-mig-parted
}

# shellcheck source-path=SCRIPTDIR source=kubernetes.sh
. "$here/kubernetes.sh"
# shellcheck source-path=SCRIPTDIR source=containers.sh
. "$here/containers.sh"
# shellcheck source-path=SCRIPTDIR source=slurm.sh
. "$here/slurm.sh"
# shellcheck source-path=SCRIPTDIR source=dashboard.sh
. "$here/dashboard.sh"
# shellcheck source-path=SCRIPTDIR source=prometheus.sh
. "$here/prometheus.sh"

# --------------------------------------------------------------------------------------------------

main() {
  local client missing=()
  if [ $# = 0 ]; then
    set -- pynvml nvtop mig_parted k8s_device_plugin kubernetes slurm containers dashboard prometheus
  fi
  mkdir -p "$dir"
  dir=$(cd "$dir" && pwd)
  exec 9>"$dir/.lock"
  flock -w 2700 9 || { say "another install.sh holds $dir/.lock for 45 minutes"; exit 1; }
  for client in "$@"; do
    case $client in
      pynvml) install_pynvml || missing+=(pynvml) ;;
      nvtop) install_nvtop || missing+=(nvtop) ;;
      mig_parted) install_mig_parted || missing+=(mig_parted) ;;
      k8s_device_plugin) install_k8s_device_plugin || missing+=(k8s_device_plugin) ;;
      slurm) install_slurm || missing+=(slurm) ;;
      kubernetes) install_kubernetes || missing+=(kubernetes) ;;
      dashboard) install_dashboard || missing+=(dashboard) ;;
      prometheus) install_prometheus || missing+=(prometheus) ;;
      containers) install_containers || missing+=(containers) ;;
      *)
        say "no client '$client' (see the head of $0)"
        exit 1
        ;;
    esac
  done
  if [ ${#missing[@]} = 0 ]; then exit 0; fi
  say "could not install: ${missing[*]}"
  if [ "${CI:-}" = true ]; then exit 1; fi
  exit 77
}

main "$@"
