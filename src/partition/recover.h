// partition/recover.h — brings changes that were cut short to an end, by asking the GPUs.
//
// The journal says what was meant, never what is there. A GPU that is as the target is done; one as
// the start is undone; one in between is led back to the start, or on to the target when the start
// cannot be reached without hurting somebody. What neither start nor target has was made by
// somebody else and stays; what both have and is gone was destroyed by somebody else and stays
// gone, unless the machine was booted since (instances never survive that).
//
// Killed itself, it is called again: the change stays unfinished until the GPUs were read back.
//
// Errors. For the journal and the driver as a whole. A change that could be led neither way is in
//         the answer as kStuck with the reason, and stays unfinished.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "partition/apply.h"
#include "partition/journal.h"

namespace septet::partition {

enum class Toward : std::uint8_t {
  kStart,    // the start, else the target
  kTarget,   // the target, else the start
  kNeither,  // touch nothing: what is there is to stay
};

struct RecoverOptions {
  Toward toward = Toward::kStart;
  ApplyOptions apply;  // resets are also allowed to a change that was allowed them; recorder unused
};

struct Recovered {
  ChangeRecord change;  // as the journal had it
  Ended how = Ended::kStuck;
  std::vector<std::string> notes;  // what was left alone, and why
  std::optional<Outcome> outcome;  // of the steps it took; nullopt: none
  std::optional<Error> failure;    // kStuck
};
std::string to_string(const Recovered& recovered);  // one sentence

// Oldest first. Empty: there was nothing to recover.
Result<std::vector<Recovered>> recover(Journal& journal, const ChangeLock& held,
                                       driver::Driver& driver, const RecoverOptions& options);

}  // namespace septet::partition
