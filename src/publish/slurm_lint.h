// publish/slurm_lint.h — do these slurm.conf and gres.conf say what this node really has?
//
// Compared are the lines that are about the node: its NodeName line (and NodeName=DEFAULT), and
// gres.conf lines that name it or no node. Pure: files come through `read`.
// Errors. Those of reading the two files. What is wrong with what they say is a Finding.
#pragma once

#include <string>
#include <vector>

#include "publish/slurm.h"
#include "publish/slurm_conf_file.h"

namespace septet::publish {

enum class Flaw : std::uint8_t {
  kNoNode,      // slurm.conf has no such node
  kNoGresType,  // GresTypes lacks gpu
  kWrongFile,   // a device file that no slice has now, or of another GPU's slice
  kWrongType,   // the slice is of another type
  kTwice,       // one slice on two lines
  kMissing,     // a slice on no line
  kWrongCount,  // NodeName's Gres counts what gres.conf or the node does not have
  kEmptyMig,    // MIG on, nothing in it
  kWholeIsCut,  // a line gives the whole of a GPU that is cut
  kMixed,       // whole GPUs beside slices
  kUnconfined,  // cgroup.conf does not confine jobs to their devices
};
std::string_view to_string(Flaw flaw);  // "wrong-file"

struct Finding {
  Flaw flaw = Flaw::kNoNode;
  bool error = true;  // false: works, and surprises
  std::string where;  // "gres.conf:3"; the file's name alone when no line is at fault
  std::string what, remedy;
};

struct LintSubject {
  std::string node_name;
  std::string slurm_conf;  // path; gres.conf and cgroup.conf stand beside it
};
Result<std::vector<Finding>> lint_slurm(const LintSubject& subject, const SlurmDevices& have,
                                        const ReadFile& read);

// "gpu:3g.40gb:1(S:0),gpu:2" as type and count; an empty type: any. kInvalidArgument names the
// word.
struct GresCount {
  std::string type;
  std::uint64_t count = 1;
};
Result<std::vector<GresCount>> parse_gres(std::string_view text);

}  // namespace septet::publish
