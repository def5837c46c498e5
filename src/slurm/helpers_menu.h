// slurm/helpers_menu.h — how is a menu of layouts offered to users as features (srun -C)?
//
// Slurm's plugin node_features/helpers runs one program per node, the Helper: without a word it
// prints the features that are in force, one a line; with a feature it brings that one about. Then
// RebootProgram is run, and must have slurmd start anew and say that it was booted (-b).
// Both are files of ours whose first line names septet as what reads them, so no shell is between:
// the Helper is the menu itself, as people wrote it, below that line.
// Source. helpers.conf(5), slurm.conf(5), and Slurm 22.05.8 as it was run (docs/slurm.md).
// Errors. kInvalidArgument: the menu, or a path, cannot be offered so.
// Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plan/cut.h"

namespace septet::slurm {

struct MenuLayout {
  std::string name;         // in the file: "all-1g.10gb"
  std::size_t devices = 0;  // on the node, when it is cut so
};

// Slurm takes letters, digits, '_', '.' and '=', and no digit first: "all_1g.10gb", "_7g".
std::string feature_of(std::string_view layout);

// Whether Slurm can offer it: two layouts at least, features that differ, and the same number of
// devices in each, for Slurm keeps the count of slurm.conf whatever feature is in force.
Result<> check_menu(const std::vector<MenuLayout>& menu);

// Devices of the node when `targets` are in force: slices, and GPUs that are not cut.
std::size_t count_devices(const mig::Node& node, const std::vector<plan::GpuCut>& targets);

struct HelperFiles {
  std::string menu, reboot;  // paths: Helper and RebootProgram
};
// A helpers.conf that begins otherwise is somebody's own, and is not written over.
inline constexpr std::string_view kOurHelpersConf = "# written by septet slurm helpers\n";
std::string helpers_conf(const std::vector<MenuLayout>& menu, const HelperFiles& files,
                         unsigned exec_s);
// What slurm.conf needs. `node` may be a list of nodes: gn[0-3].
std::string helpers_slurm_conf(const std::vector<MenuLayout>& menu, const HelperFiles& files,
                               std::string_view node);
// The line that has the kernel run `septet slurm VERB FILE ...` for a file that begins with it.
Result<std::string> first_line_for(std::string_view septet, std::string_view verb);

// gres.conf without types: a feature changes what the devices are, and Slurm keeps the types, too.
std::string without_types(std::string_view gres_conf);

// What a slurmd was started with.
struct SlurmdWords {
  std::string node;                // of -N; empty: by this machine's name
  std::string conf;                // of -f; empty: by SLURM_CONF or Slurm's own default
  std::vector<std::string> again;  // to start it so again, as booted (-b), and as a daemon
};
SlurmdWords slurmd_words(const std::vector<std::string>& argv);

// "a: b\n  try: c" as Slurm shows a reason, on one line.
std::string reason_of(const Error& error);

}  // namespace septet::slurm
