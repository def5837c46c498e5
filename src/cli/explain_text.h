// cli/explain_text.h — the answer to a wish, in words and as JSON.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "plan/make_room.h"
#include "plan/meaning.h"

namespace septet::cli {

struct ExplainedWish {
  // "h100-sxm5-80gb", "GPU 0, NVIDIA H100 80GB HBM3"; empty: none named, and `answer` is nullopt.
  std::string board;
  const mig::Geometry* geometry = nullptr;
  std::vector<mig::Instance> held;
  // It does not fit beside what the GPU holds: what would have to stop or move. nullopt: not asked
  // of a GPU, or not even an empty one has room.
  std::optional<std::vector<plan::Disturbed>> room;
  std::optional<unsigned> gpu;  // index, when the driver was asked
  bool command = false;         // asked as nvidia-smi words: the order given is the order run
  plan::Meaning meaning;
  std::optional<plan::Explanation> answer;  // nullopt: the words create nothing
  std::vector<plan::Trap> traps;

  // The command as typed, or the wish, would be carried out.
  bool yes() const {
    return !answer ||
           (meaning.as_written && answer->fits && !(command && answer->given_order_fails));
  }
};

// One GPU as a strip of memory units, plain ASCII, at most 80 columns.
std::string draw_layout(const mig::Geometry& geometry, const mig::Layout& layout);

std::string explain_text(const ExplainedWish& wish);
Json explain_json(const ExplainedWish& wish);

}  // namespace septet::cli
