// cli/slurm_menu.h — what do the layouts of a menu mean on this node?
#pragma once

#include <string>
#include <vector>

#include "cli/plan_inputs.h"
#include "slurm/helpers_menu.h"

namespace septet::cli {

struct MenuChoice {
  std::string feature;
  Wanted wanted;
};
// The layouts of a file, or its mig-parted configs. kInvalidArgument: it is neither.
Result<std::vector<MenuChoice>> read_menu(const std::string& path);

// Where a Helper notes what went wrong, for RebootProgram to tell Slurm.
Result<std::string> helper_note(const Globals& globals);

}  // namespace septet::cli
