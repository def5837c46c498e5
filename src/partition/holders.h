// partition/holders.h — who the processes in the way of a step are, and what makes them let go.
//
// Reads /proc, or a folder that looks like it. What it does not tell (another user's process,
// another pid namespace) stays empty, and is no failure: the process is in the way all the same.
// Source. Names of control groups as systemd, runc, containerd, CRI-O, Docker, Podman, kubelet and
//         Slurm make them; daemons that hold GPUs as public reports name them (rules R8).
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "plan/diff.h"

namespace septet::partition {

struct CgroupOwner {
  std::string container;  // 64 hexadecimal digits
  std::string pod;        // UID of the Kubernetes pod, with dashes
  std::string unit;       // "nvidia-dcgm.service"
  std::string job;        // Slurm's number
  friend bool operator==(const CgroupOwner&, const CgroupOwner&) = default;
};
CgroupOwner parse_cgroup(std::string_view text);  // of /proc/PID/cgroup

struct Holder {
  std::uint32_t pid = 0;
  std::string command;  // with its arguments, shortened
  std::string user;     // name, or number where it has none
  CgroupOwner owner;
  std::string_view known;   // "DCGM, which watches GPUs"; empty: no daemon we know
  std::string_view remedy;  // "systemctl stop nvidia-dcgm"; empty: whatever stops the workload
};

inline const std::filesystem::path kProc = "/proc";

Holder holder_of(const mig::Process& process, const std::filesystem::path& proc = kProc);
// Daemons that hold GPUs without being listed by the driver, running now, by pid. A step that fails
// with "in use" while nobody is in its way most likely fails because of one of them.
std::vector<Holder> known_daemons(const std::filesystem::path& proc = kProc);

// "pid 4121 python3 train.py (alice, pod 0f0e..., container 3f2a9c...)".
std::string to_string(const Holder& holder);
Json to_json(const Holder& holder);

// What must stop for the step, in words: "the GPU must be idle and is reset". Empty: nothing.
std::string words_for(plan::Stop stop);
// The words, then one line per holder, each line with `indent` before it. Empty: nothing needed.
std::string blockers_text(const plan::Step& step, std::string_view indent,
                          const std::filesystem::path& proc = kProc);
// {"needs": "GPU idle", "holders": [...]}
Json blockers_json(const plan::Step& step, const std::filesystem::path& proc = kProc);

}  // namespace septet::partition
