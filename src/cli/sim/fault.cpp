// septet sim fault — what goes wrong on real nodes, on demand, for every program of the node.
#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "base/nearest.h"
#include "cli/command_line.h"
#include "cli/sim/subcommands.h"
#include "driver/simulated/machine.h"
#include "driver/simulated/process_table.h"

namespace septet::cli::sim {

namespace {

namespace simulated = driver::simulated;
using simulated::kNone;
using simulated::NodeState;
using simulated::Status;

// nvmlEventType* bits of the published API.
constexpr std::uint64_t kSingleBitEcc = 0x1, kDoubleBitEcc = 0x2, kXidCritical = 0x8;

struct FaultOptions {
  std::uint32_t gpu = kNone, gi = kNone, ci = kNone;
  std::uint64_t xid = 0, corrected = 0, uncorrected = 0;
  std::string call;
  std::uint32_t code = 999, nth = 1, times = 1;
  double create_ms = -1, destroy_ms = -1, mode_ms = -1;
  bool off = false;
};

Status known_gpu(const NodeState& node, std::uint32_t gpu) {
  return gpu < node.gpu_count ? Status::kSuccess : Status::kNotFound;
}

Result<int> change(const Globals& globals, const std::string& what,
                   const std::function<Status(NodeState&)>& f) {
  const auto file = TRY(open_state(globals));
  const Status status = file->change(f);
  if (status != Status::kSuccess) {
    return std::unexpected(refused(status, what, "septet status shows what is there"));
  }
  fmt::print("{}\n", what);
  return 0;
}

std::string at(const FaultOptions& o) {
  std::string text = fmt::format("GPU {}", o.gpu);
  if (o.gi != kNone) text += fmt::format(" instance {}", o.gi);
  if (o.ci != kNone) text += fmt::format(" compute instance {}", o.ci);
  return text;
}

Result<int> xid(const Globals& globals, const FaultOptions& o) {
  return change(globals, fmt::format("Xid {} on {}", o.xid, at(o)), [&o](NodeState& node) {
    if (known_gpu(node, o.gpu) != Status::kSuccess) return Status::kNotFound;
    if (o.gi != kNone &&
        (o.gi >= simulated::kMaxGpuInstances || node.gpus[o.gpu].instances[o.gi].stamp == 0)) {
      return Status::kNotFound;
    }
    simulated::post_event(node, kXidCritical, o.xid, o.gpu, o.gi,
                          o.gi != kNone && o.ci == kNone ? 0 : o.ci);
    return Status::kSuccess;
  });
}

Result<int> lost(const Globals& globals, const FaultOptions& o) {
  // Xid 79 is "GPU has fallen off the bus".
  return change(globals,
                fmt::format("GPU {} {}", o.gpu, o.off ? "is back" : "fell off the bus (Xid 79)"),
                [&o](NodeState& node) {
                  if (known_gpu(node, o.gpu) != Status::kSuccess) return Status::kNotFound;
                  if (!o.off) simulated::post_event(node, kXidCritical, 79, o.gpu, kNone, kNone);
                  node.gpus[o.gpu].lost = o.off ? 0 : 1;
                  return Status::kSuccess;
                });
}

Result<int> ecc(const Globals& globals, const FaultOptions& o) {
  return change(globals,
                fmt::format("{} corrected and {} uncorrected ECC errors on GPU {}", o.corrected,
                            o.uncorrected, o.gpu),
                [&o](NodeState& node) {
                  if (known_gpu(node, o.gpu) != Status::kSuccess) return Status::kNotFound;
                  auto& gpu = node.gpus[o.gpu];
                  gpu.ecc_corrected_volatile += o.corrected;
                  gpu.ecc_corrected_aggregate += o.corrected;
                  gpu.ecc_uncorrected_volatile += o.uncorrected;
                  gpu.ecc_uncorrected_aggregate += o.uncorrected;
                  if (o.corrected != 0) {
                    simulated::post_event(node, kSingleBitEcc, o.corrected, o.gpu, o.gi, o.ci);
                  }
                  if (o.uncorrected != 0) {
                    simulated::post_event(node, kDoubleBitEcc, o.uncorrected, o.gpu, o.gi, o.ci);
                    simulated::post_event(node, kXidCritical, 48, o.gpu, o.gi,
                                          o.ci);  // Xid 48: double bit ECC
                  }
                  return Status::kSuccess;
                });
}

Result<int> denied(const Globals& globals, const FaultOptions& o) {
  return change(globals, "changes now answer Insufficient Permissions", [&o](NodeState& node) {
    simulated::FaultState fault{};
    fault.kind = simulated::FaultKind::kDenied;
    fault.gpu = o.gpu;
    fault.code = static_cast<std::uint32_t>(Status::kNoPermission);
    return simulated::add_fault(node, fault) ? Status::kSuccess : Status::kInsufficientResources;
  });
}

Result<int> in_use(const Globals& globals, const FaultOptions& o) {
  std::vector<std::string> words{
      "start", "--gpu", std::to_string(o.gpu), "--name", "Xorg", "--graphics", "--memory", "16",
      "--sm",  "0"};
  return kProcess.run(globals, words);
}

Result<int> call(const Globals& globals, const FaultOptions& o) {
  const std::string which = o.call.empty() ? "any call" : o.call;
  if (!o.call.empty() && !o.call.starts_with("nvml")) {
    return fail(Code::kInvalidArgument, fmt::format("'{}' is no NVML function", o.call),
                "names are as exported: nvmlDeviceCreateGpuInstance");
  }
  return change(globals,
                fmt::format("call {} of {} will answer {} ({})", o.nth, which, o.code,
                            driver::driver_status_text(static_cast<int>(o.code))),
                [&o](NodeState& node) {
                  simulated::FaultState fault{};
                  fault.kind = simulated::FaultKind::kCallFails;
                  fault.gpu = o.gpu;
                  fault.call = o.call.empty() ? 0 : simulated::fault_call_hash(o.call);
                  fault.code = o.code;
                  fault.nth = o.nth;
                  fault.times = o.times;
                  return simulated::add_fault(node, fault) ? Status::kSuccess
                                                           : Status::kInsufficientResources;
                });
}

Result<int> slow(const Globals& globals, const FaultOptions& o) {
  const auto micros = [](double ms) { return static_cast<std::uint32_t>(ms * 1000.0); };
  return change(globals, "latencies set", [&](NodeState& node) {
    // Nothing said: about what the hardware takes.
    const bool plain = o.create_ms < 0 && o.destroy_ms < 0 && o.mode_ms < 0;
    if (plain || o.create_ms >= 0)
      node.create_latency_us = plain ? (o.off ? 0 : 200'000) : micros(o.create_ms);
    if (plain || o.destroy_ms >= 0)
      node.destroy_latency_us = plain ? (o.off ? 0 : 100'000) : micros(o.destroy_ms);
    if (plain || o.mode_ms >= 0)
      node.mode_latency_us = plain ? (o.off ? 0 : 1'000'000) : micros(o.mode_ms);
    return Status::kSuccess;
  });
}

Result<int> driver_restart(const Globals& globals, const FaultOptions&) {
  return change(globals, "the driver was unloaded and loaded again", [](NodeState& node) {
    simulated::restart_driver(node);
    return Status::kSuccess;
  });
}

Result<int> reboot(const Globals& globals, const FaultOptions&) {
  return change(globals, "the node was rebooted", [](NodeState& node) {
    simulated::reboot(node);
    return Status::kSuccess;
  });
}

Result<int> clear(const Globals& globals, const FaultOptions&) {
  return change(globals, "no faults are set any more", [](NodeState& node) {
    simulated::clear_faults(node);
    node.create_latency_us = node.destroy_latency_us = node.mode_latency_us = 0;
    for (std::uint32_t i = 0; i < node.gpu_count; ++i) node.gpus[i].lost = 0;
    return Status::kSuccess;
  });
}

struct Fault {
  std::string_view name, summary;
  void (*options)(CommandLine& line, FaultOptions& o);
  Result<int> (*run)(const Globals& globals, const FaultOptions& o);
};

void gpu_option(CommandLine& line, FaultOptions& o) {
  line.option("--gpu,-i", o.gpu, "GPU index").required();
}
void no_options(CommandLine&, FaultOptions&) {}

void instance_options(CommandLine& line, FaultOptions& o) {
  gpu_option(line, o);
  line.option("--gi", o.gi, "GPU instance id");
  line.option("--ci", o.ci, "compute instance id");
}

const Fault kFaults[] = {
    {"xid", "an Xid event on a GPU or an instance, delivered to every program that listens",
     [](CommandLine& line, FaultOptions& o) {
       instance_options(line, o);
       line.option("xid", o.xid, "Xid number, e.g. 31, 48, 63, 79, 94").required();
     },
     xid},
    {"lost", "a GPU falls off the bus (--back: it returns)",
     [](CommandLine& line, FaultOptions& o) {
       gpu_option(line, o);
       line.flag("--back", o.off, "the GPU is there again");
     },
     lost},
    {"ecc", "ECC errors",
     [](CommandLine& line, FaultOptions& o) {
       instance_options(line, o);
       line.option("--corrected", o.corrected, "how many");
       line.option("--uncorrected", o.uncorrected, "how many");
     },
     ecc},
    {"denied", "changes answer Insufficient Permissions",
     [](CommandLine& line, FaultOptions& o) { line.option("--gpu,-i", o.gpu, "only on this GPU"); },
     denied},
    {"in-use", "a process (Xorg) holds the whole GPU; prints its pid", gpu_option, in_use},
    {"call", "the n-th call of an NVML function fails",
     [](CommandLine& line, FaultOptions& o) {
       line.option("name", o.call, "nvml function (none: any)");
       line.option("--code", o.code, "return code (default 999, unknown error)").range(1, 999);
       line.option("--nth", o.nth, "which call from now on (default 1, the next; 0: every one)");
       line.option("--times", o.times, "how many fail from there (default 1; 0: all)");
       line.option("--gpu,-i", o.gpu, "only calls on this GPU");
     },
     call},
    {"slow", "creating, destroying, mode changes take time (default 200, 100, 1000 ms)",
     [](CommandLine& line, FaultOptions& o) {
       line.option("--create", o.create_ms, "milliseconds").range(0.0, 60000.0);
       line.option("--destroy", o.destroy_ms, "milliseconds").range(0.0, 60000.0);
       line.option("--mode", o.mode_ms, "milliseconds").range(0.0, 60000.0);
       line.flag("--off", o.off, "at once again");
     },
     slow},
    {"driver-restart", "the kernel modules are unloaded and loaded", no_options, driver_restart},
    {"reboot", "the node reboots", no_options, reboot},
    {"clear", "takes all faults back", no_options, clear},
};

Result<int> fault(const Globals& globals, const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments[0] == "--help" || arguments[0] == "-h") {
    fmt::print("usage: septet [--sim=STATE] sim fault KIND ...\n\n");
    for (const Fault& f : kFaults) fmt::print("  {:<15} {}\n", f.name, f.summary);
    return arguments.empty() ? 1 : 0;
  }
  const auto found = std::ranges::find(kFaults, arguments[0], &Fault::name);
  if (found == std::end(kFaults)) {
    std::vector<std::string_view> known;
    for (const Fault& f : kFaults) known.push_back(f.name);
    return fail(Code::kInvalidArgument, fmt::format("no fault '{}'", arguments[0]),
                did_you_mean(arguments[0], known));
  }
  FaultOptions options;
  CommandLine line(std::string(found->summary), "septet sim fault " + std::string(found->name));
  found->options(line, options);
  if (TRY(line.parse({arguments.begin() + 1, arguments.end()})).finished) return 0;
  return found->run(globals, options);
}

}  // namespace

const Subcommand kFault{"fault", "what goes wrong on real nodes, on demand", fault};

}  // namespace septet::cli::sim
