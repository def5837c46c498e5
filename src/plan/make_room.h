// plan/make_room.h — the least that has to stop or move on a GPU so that a wish fits beside the
// rest.
//
// Exact: every set of instances that might stop is looked at, and for each every place of what is
// left. Least is, in this order: in-use instances stopped, in-use instances moved (whoever uses one
// is started again at its new place), memory units stopped, memory units moved.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mig/node.h"
#include "plan/explain.h"

namespace septet::plan {

struct Occupant {
  mig::Instance instance;
  std::vector<mig::Process> users;
  bool busy = false;
};

struct Disturbed {
  Occupant occupant;
  std::optional<mig::Placement> to;  // nullopt: it stops
};

// The instances of a GPU whose layout is known to be legal, with who uses them.
std::vector<Occupant> occupants_of(const mig::Gpu& gpu);

// Empty: it fits as it is. nullopt: not even on an empty GPU.
std::optional<std::vector<Disturbed>> make_room(const mig::Geometry& geometry,
                                                const std::vector<Occupant>& held,
                                                const std::vector<Wish>& wishes);

// "stop 1g.10gb at 6, in use by pid 4121 (python3)", "move idle 2g.20gb from 0 to 4"
std::string to_string(const Disturbed& disturbed);

}  // namespace septet::plan
