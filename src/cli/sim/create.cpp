// septet sim create — a new node of GPUs that are not there.
#include <fmt/format.h>

#include <filesystem>

#include "cli/command_line.h"
#include "cli/open_journal.h"
#include "cli/sim/subcommands.h"
#include "driver/simulated/machine.h"

namespace septet::cli::sim {

namespace {

namespace simulated = driver::simulated;

struct CreateOptions {
  std::size_t gpus = 0;  // 0: one per product named, 8 of a single one
  std::vector<std::string> products{"h100-sxm5-80gb"}, chips{"normal"}, pci, names, uuids;
  std::vector<int> numa;
  std::string mig = "off", persistence = "on", driver;
  bool passthrough = false, force = false;
  std::uint32_t nvlinks = 0;
  std::uint64_t seed = 1;
};

// Entry i of a list that was given short: the list is repeated.
template <typename T>
const T& cycled(const std::vector<T>& list, std::size_t i) {
  return list[i % list.size()];
}

Result<> check_length(std::string_view option, std::size_t length, std::size_t gpus) {
  if (length == 0 || length == gpus) return {};
  return fail(Code::kInvalidArgument, fmt::format("{} names {} of {} GPUs", option, length, gpus),
              fmt::format("give one per GPU, or leave {} away", option));
}

Result<simulated::NodeSpec> spec_of(const CreateOptions& options) {
  simulated::NodeSpec spec;
  const std::size_t gpus = options.gpus != 0
                               ? options.gpus
                               : (options.products.size() > 1 ? options.products.size() : 8);
  TRY(check_length("--pci", options.pci.size(), gpus));
  TRY(check_length("--uuid", options.uuids.size(), gpus));
  TRY(check_length("--numa", options.numa.size(), gpus));
  const bool mig = TRY(on_or_off("--mig", options.mig));
  const bool persistence = TRY(on_or_off("--persistence", options.persistence));
  for (std::size_t i = 0; i < gpus; ++i) {
    simulated::BoardSpec board;
    board.product = cycled(options.products, i);
    const std::string& chip = cycled(options.chips, i);
    if (chip != "normal" && chip != "rotated") {
      return fail(Code::kInvalidArgument,
                  fmt::format("--chip takes normal or rotated, not '{}'", chip));
    }
    board.chip = chip == "rotated" ? mig::ChipLayout::kRotated : mig::ChipLayout::kNormal;
    board.mig = mig;
    board.persistence = persistence;
    board.passthrough = options.passthrough;
    // The last of an odd number has nobody to be joined to.
    if (simulated::bridge_peer(static_cast<std::uint32_t>(i)) < gpus)
      board.nvlinks = static_cast<std::uint8_t>(options.nvlinks);
    if (!options.names.empty()) board.name = cycled(options.names, i);
    if (!options.pci.empty()) board.pci = options.pci[i];
    if (!options.uuids.empty()) board.uuid = options.uuids[i];
    if (!options.numa.empty()) board.numa = options.numa[i];
    spec.boards.push_back(std::move(board));
  }
  spec.driver_version = options.driver;
  spec.seed = options.seed;
  return spec;
}

// An old node is replaced without asking only if it is one of ours and nothing runs on it.
Result<> may_replace(const std::string& path, bool force) {
  std::error_code failed;
  if (force || !std::filesystem::exists(path, failed)) return {};
  const auto old = simulated::StateFile::open(path);
  if (!old) {
    return fail_because(old.error(),
                        fmt::format("{} is there and is not a node that can be replaced", path),
                        "name another file, or --force to overwrite it");
  }
  const bool busy = (*old)->read([](const simulated::NodeState& node) {
    for (const auto& process : node.processes) {
      if (process.pid != 0) return true;
    }
    return false;
  });
  if (busy) {
    return fail(Code::kBusy, fmt::format("processes run on the node in {}", path),
                "septet sim process stop --all, or --force");
  }
  return {};
}

void add_options(CommandLine& line, CreateOptions& o) {
  line.option("--gpus", o.gpus, "how many (default 8, or one per product named)").range(1, 32);
  line.option("--product", o.products,
              "product ids, repeated over the GPUs (septet products lists them)")
      .comma_separated();
  line.option("--chip", o.chips, "normal or rotated, repeated over the GPUs").comma_separated();
  line.option("--mig", o.mig, "on: MIG mode is already in force on every GPU (default off)");
  line.option("--driver", o.driver, "driver version, e.g. 580.65.06");
  line.option("--pci", o.pci, "PCI ids, one per GPU, e.g. 00000000:36:00.0").comma_separated();
  line.option("--numa", o.numa, "NUMA nodes, one per GPU (-1: none)").comma_separated();
  line.option("--nvlinks", o.nvlinks,
              "of the bridges that join GPUs 0 and 1, 2 and 3 ... (default 0: no bridges)")
      .range(0, simulated::kMostNvlinks);
  line.option("--uuid", o.uuids, "GPU-... UUIDs, one per GPU").comma_separated();
  line.option("--name", o.names,
              "board name as the driver reports it (default: the product's first)");
  line.option("--persistence", o.persistence, "persistence mode on or off (default on)");
  line.flag("--passthrough", o.passthrough,
            "the GPUs are passed through to a VM: no reset from inside");
  line.option("--seed", o.seed, "UUIDs and serials derive from it (default 1)");
  line.flag("--force", o.force, "replace whatever is at STATE");
}

Result<int> create(const Globals& globals, const std::vector<std::string>& arguments) {
  CreateOptions options;
  CommandLine line("makes a simulated node in STATE, replacing an idle one", "septet sim create");
  add_options(line, options);
  if (TRY(line.parse(arguments)).finished) return 0;

  const auto spec = TRY(spec_of(options));
  const auto node = TRY(simulated::make_node(spec));
  TRY(may_replace(globals.state_path, options.force));
  const std::filesystem::path path = globals.state_path;
  std::error_code failed;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), failed);
  TRY(simulated::StateFile::create(globals.state_path, node, true));
  forget_simulated_journal(globals.state_path);  // other GPUs, though their UUIDs may be the same
  fmt::print("made a simulated node in {}: driver {}\n", globals.state_path, node.driver_version);
  for (std::uint32_t i = 0; i < node.gpu_count; ++i) {
    const auto& gpu = node.gpus[i];
    fmt::print("  GPU {}  {}  {:08X}:{:02X}:{:02X}.0  MIG {}{}\n", i, gpu.name, gpu.pci_domain,
               gpu.pci_bus, gpu.pci_device, gpu.mig_current != 0 ? "on" : "off",
               gpu.rotated != 0 ? "  chip rotated" : "");
  }
  return 0;
}

Result<int> destroy(const Globals& globals, const std::vector<std::string>& arguments) {
  bool force = false;
  CommandLine line("removes the simulated node's state file and its journal", "septet sim destroy");
  line.flag("--force", force, "even if processes run on it, or it is not a node");
  if (TRY(line.parse(arguments)).finished) return 0;
  std::error_code failed;
  if (!std::filesystem::exists(globals.state_path, failed)) {
    fmt::print("nothing to do: there is no node in {}\n", globals.state_path);
    return 0;
  }
  TRY(may_replace(globals.state_path, force));
  if (!std::filesystem::remove(globals.state_path, failed) || failed) {
    return fail(Code::kNoPermission,
                fmt::format("cannot remove {}: {}", globals.state_path, failed.message()));
  }
  forget_simulated_journal(globals.state_path);
  fmt::print("removed the simulated node in {}\n", globals.state_path);
  return 0;
}

Result<int> reset(const Globals& globals, const std::vector<std::string>& arguments) {
  std::vector<std::uint32_t> gpus;
  CommandLine line("resets GPUs as hardware does: instances gone, a pending MIG mode in force",
                   "septet sim reset");
  line.option("-i,--gpu", gpus, "only these GPUs (default: all)").comma_separated();
  if (TRY(line.parse(arguments)).finished) return 0;
  const auto file = TRY(open_state(globals));
  const auto count = file->read([](const simulated::NodeState& node) { return node.gpu_count; });
  if (gpus.empty()) {
    for (std::uint32_t i = 0; i < count; ++i) gpus.push_back(i);
  }
  for (const std::uint32_t gpu : gpus) {
    const auto status =
        file->change([gpu](simulated::NodeState& node) { return simulated::reset_gpu(node, gpu); });
    if (status != simulated::Status::kSuccess) {
      return std::unexpected(refused(status, fmt::format("reset GPU {}", gpu),
                                     "stop what runs on it: septet sim process list"));
    }
    fmt::print("reset GPU {}\n", gpu);
  }
  return 0;
}

}  // namespace

const Subcommand kCreate{"create", "makes a node: products, chips, mode, driver version", create};
const Subcommand kDestroy{"destroy", "removes the node's state file and journal", destroy};
const Subcommand kReset{"reset", "resets GPUs as hardware does", reset};

}  // namespace septet::cli::sim
