#include "cli/recovered_text.h"

#include <fmt/format.h>

namespace septet::cli {

std::string recovered_text(const partition::Recovered& recovered) {
  std::string text = partition::to_string(recovered) + "\n";
  if (recovered.outcome) text += fmt::format("  {} steps\n", recovered.outcome->steps_done);
  for (const std::string& note : recovered.notes) text += "  " + note + "\n";
  return text;
}

Json recovered_json(const partition::Recovered& recovered) {
  return {{"change", recovered.change.id},
          {"verb", recovered.change.verb},
          {"user", recovered.change.actor.user},
          {"began", partition::utc_text(recovered.change.began_ns)},
          {"outcome", partition::to_string(recovered.how)},
          {"steps_done", recovered.outcome ? recovered.outcome->steps_done : 0},
          {"notes", recovered.notes},
          {"failure", recovered.failure ? Json(recovered.failure->describe()) : Json(nullptr)}};
}

Error unrecovered(const partition::Recovered& recovered) {
  SEPTET_ASSERT(recovered.failure);
  const std::string remedy =
      recovered.failure->remedy.empty()
          ? "septet recover --finish or --undo, or --accept what is there"
          : recovered.failure->remedy + "; or septet recover --accept what is there";
  return fail_because(*recovered.failure,
                      fmt::format("change {} is still unfinished", recovered.change.id), remedy)
      .error();
}

}  // namespace septet::cli
