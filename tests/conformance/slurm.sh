# shellcheck shell=bash
# How install.sh gets Slurm: Debian's packages at the pinned point release, and Debian's own
# gpu/nvml plugin, which apt cannot install beside them; sourced, not run.
#
# The plugin's package names an older revision of slurmd than Debian now has, so it is unpacked into
# slurm-nvml/ and named in PluginDir.

slurm_packages=(slurmctld slurmd slurm-client slurm-wlm-basic-plugins munge)

slurm_present() {
  command -v munged >/dev/null && [ -f "$dir/slurm-nvml/gpu_nvml.so" ] &&
    [ "$(slurmctld -V 2>/dev/null)" = "slurm-wlm $(locked slurm 2)" ]
}

# The daemons of the packages want to start at once, without a configuration; they may not.
install_slurm_packages() {
  if command -v munged >/dev/null && [ "$(slurmctld -V 2>/dev/null)" = "slurm-wlm $(locked slurm 2)" ]; then
    return 0
  fi
  apt_install "${slurm_packages[@]}"
}

install_slurm_nvml() {
  local folder=$dir/slurm-nvml work
  if [ -f "$folder/gpu_nvml.so" ]; then return 0; fi
  apt_allowed slurm-wlm-nvml-plugin || return 1
  enable_contrib || return 1
  work=$(mktemp -d)
  (
    cd "$work" || exit 1
    apt-get -q download slurm-wlm-nvml-plugin >&2 ||
      { apt_update && apt-get -q download slurm-wlm-nvml-plugin >&2; } || exit 1
    dpkg-deb -x ./*.deb unpacked || exit 1
    mkdir -p "$folder"
    find unpacked -name gpu_nvml.so -exec cp {} "$folder/" \;
  ) || { rm -rf "$work"; return 1; }
  rm -rf "$work"
  [ -f "$folder/gpu_nvml.so" ]
}

install_slurm() {
  if slurm_present; then return 0; fi
  install_slurm_packages && install_slurm_nvml || return 1
  slurm_present ||
    { say "Debian's Slurm is $(slurmctld -V), not $(locked slurm 2)"; return 1; }
}
