// septet doctor — what stands in the way on this machine, and the fix.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "base/json.h"
#include "cli/command_line.h"
#include "cli/verb.h"

namespace septet::cli {

namespace {

enum class Verdict { kGood, kNote, kBad };

struct DoctorFinding {
  Verdict verdict;
  std::string what, remedy;
};

bool any_line_starts(const char* path, std::string_view prefix) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(prefix)) return true;
  }
  return false;
}

void check_kernel(const Globals& globals, std::vector<DoctorFinding>& findings) {
  if (globals.simulated) {
    findings.push_back({Verdict::kNote,
                        "a simulated node: nothing here says anything about this machine's GPUs",
                        "leave --sim and SEPTET_SIM away to look at the real ones"});
    return;
  }
  if (any_line_starts("/proc/modules", "nvidia ")) {
    findings.push_back({Verdict::kGood, "the nvidia kernel module is loaded", ""});
  } else {
    findings.push_back(
        {Verdict::kBad, "the nvidia kernel module is not loaded (/proc/modules)",
         "install NVIDIA's driver and load it: modprobe nvidia; or try septet --sim status"});
  }
  if (geteuid() != 0 && access("/proc/driver/nvidia/capabilities/mig/config", R_OK) != 0) {
    findings.push_back({Verdict::kNote, "this user may look but not change instances",
                        "run changes as root, or grant read access to "
                        "/proc/driver/nvidia/capabilities/mig/config"});
  }
}

void check_gpu(const mig::Gpu& gpu, std::vector<DoctorFinding>& findings) {
  const std::string name = fmt::format("GPU {} ({})", gpu.index, gpu.name);
  if (gpu.problem) {
    findings.push_back({Verdict::kBad, fmt::format("{}: {}", name, *gpu.problem),
                        "reset it (nvidia-smi -r) or reboot; see dmesg for the Xid"});
    return;
  }
  if (gpu.mode == mig::MigMode::kUnsupported) {
    findings.push_back({Verdict::kNote, name + " cannot be cut: the board has no MIG", ""});
    return;
  }
  if (gpu.product == nullptr) {
    findings.push_back({Verdict::kNote,
                        name + " is not in septet's tables; the driver's own answers are used",
                        "septet products record --output FILE, and send the file in"});
  }
  if (gpu.pending != gpu.mode) {
    findings.push_back(
        {Verdict::kBad, name + ": a MIG mode change waits for a reset",
         fmt::format("stop what uses the GPU, then septet smi --gpu-reset -i {}", gpu.index)});
  }
  if (gpu.mode == mig::MigMode::kOff) {
    findings.push_back({Verdict::kNote, name + ": MIG mode is off",
                        fmt::format("septet smi -i {} -mig 1", gpu.index)});
  }
  for (const mig::GpuInstance& instance : gpu.instances) {
    if (!instance.compute.empty()) continue;
    findings.push_back(
        {Verdict::kNote,
         fmt::format("{}: GPU instance {} ({}) has no compute instance, nothing can run in it",
                     name, instance.id, instance.name),
         fmt::format("septet smi mig -i {} -gi {} -cci", gpu.index, instance.id)});
  }
  for (const mig::Process& process : gpu.processes) {
    if (process.gpu_instance || gpu.mode != mig::MigMode::kOn || !gpu.instances.empty()) continue;
    findings.push_back(
        {Verdict::kBad,
         fmt::format("{}: pid {} ({}) holds the whole GPU; the first instance cannot be made", name,
                     process.pid, process.name),
         fmt::format("stop pid {}", process.pid)});
  }
}

const char* word(Verdict verdict) {
  switch (verdict) {
    case Verdict::kGood: return "ok";
    case Verdict::kNote: return "note";
    case Verdict::kBad: return "problem";
  }
  return "?";
}

void print(const std::vector<DoctorFinding>& findings, bool json) {
  if (json) {
    Json out = Json::array();
    for (const DoctorFinding& f : findings) {
      out.push_back({{"verdict", word(f.verdict)}, {"what", f.what}, {"remedy", f.remedy}});
    }
    fmt::print("{}", to_text(out));
    return;
  }
  for (const DoctorFinding& f : findings) {
    fmt::print("{:<8} {}\n", word(f.verdict), f.what);
    if (!f.remedy.empty()) fmt::print("         try: {}\n", f.remedy);
  }
}

Result<int> run_doctor(const Globals& globals, const std::vector<std::string>& arguments) {
  bool json = globals.json;
  CommandLine line("what stands in the way on this machine, and the fix", "septet doctor");
  line.flag("--json", json, "for programs");
  if (TRY(line.parse(arguments)).finished) return 0;

  std::vector<DoctorFinding> findings;
  check_kernel(globals, findings);
  int code = 0;
  if (const auto driver = open_driver(globals); !driver) {
    findings.push_back({Verdict::kBad, driver.error().what, driver.error().remedy});
    code = exit_code(driver.error());
  } else if (const auto node = (*driver)->observe(); !node) {
    findings.push_back({Verdict::kBad, node.error().describe(), ""});
    code = exit_code(node.error());
  } else {
    findings.push_back(
        {Verdict::kGood,
         fmt::format("driver {} answers, {} GPUs", node->driver_version, node->gpus.size()), ""});
    for (const mig::Gpu& gpu : node->gpus) check_gpu(gpu, findings);
  }
  const bool bad = std::ranges::any_of(
      findings, [](const DoctorFinding& f) { return f.verdict == Verdict::kBad; });
  print(findings, json);
  return code != 0 ? code : (bad ? 1 : 0);
}

}  // namespace

extern const Verb kDoctor{"doctor", "what stands in the way on this machine, and the fix",
                          run_doctor};

}  // namespace septet::cli
