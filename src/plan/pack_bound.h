// plan/pack_bound.h — how many GPUs are needed at the least, and the counting argument that shows
// it.
//
// Each argument weighs the classes (by memory units, by slices, by "half a GPU or more", ...) and
// divides by the most that any legal layout carries of that weight. The largest quotient is a bound
// on every packing; the search may still have to prove one GPU more.
#pragma once

#include <string>
#include <vector>

#include "mig/product.h"
#include "plan/pack_options.h"

namespace septet::plan {

struct Argument {
  std::vector<unsigned> weight;  // by class
  unsigned most = 1;             // that one GPU can carry
  std::string what;              // "memory units", "instances of 3 slices or more"
};

// `profiles[kind][class]`. Only kinds that the node has.
std::vector<Argument> arguments_for(const std::vector<const mig::Geometry*>& kinds,
                                    const std::vector<ClassProfiles>& profiles);

unsigned needed(const Argument& argument, const Fill& demand);
unsigned lower_bound(const std::vector<Argument>& arguments, const Fill& demand);
// "37 memory units are asked for, a GPU has room for 8". Of the argument that gives the best bound.
std::string explain_bound(const std::vector<Argument>& arguments, const Fill& demand);

}  // namespace septet::plan
