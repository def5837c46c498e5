// plan/meaning.h — what a word people write for an instance means on one product, and what they may
// have meant when it means something else.
//
// A Trap is one mistake with its way out: an id or a name of another product, an id taken for a
// number of slices, a list of ids that is a different list on another board.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plan/explain.h"
#include "plan/smi_words.h"

namespace septet::plan {

struct Trap {
  std::string what;     // "21 is no profile id here; it is 1g.6gb+me on a30-24gb"
  std::string instead;  // "nvidia-smi mig -cgi 20 -C"; may be empty
};

struct Meaning {
  std::vector<Wish> wishes;  // as written, or the counterpart here for what belongs elsewhere
  bool as_written = true;    // false: `wishes` holds counterparts
  std::vector<Trap> traps;
};

// "3g.40gb", "3g.40gb:4", "9", "2x3g.40gb", "7x", "3g" (the plain one with 3 slices).
// Errors: kInvalidArgument for a word that means nothing on any product, with the nearest names.
Result<Meaning> meaning_of(const mig::Geometry& geometry, const std::vector<std::string>& words);

// Ids in a -cgi list that are something else elsewhere, or that look like they were meant for
// others.
std::vector<Trap> misread_ids(const mig::Geometry& geometry, const std::vector<mig::Instance>& held,
                              const std::vector<std::string>& words,
                              const std::vector<Wish>& wishes);

// What the command does that people do not expect. The counts are of what the GPU holds, if known.
std::vector<Trap> command_traps(const SmiCommand& command, std::optional<unsigned> instances,
                                std::optional<unsigned> compute_instances);

}  // namespace septet::plan
