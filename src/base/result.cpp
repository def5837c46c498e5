#include "base/result.h"

namespace septet {

std::string Error::describe() const {
  std::string text = what;
  for (const Error* e = cause.get(); e != nullptr; e = e->cause.get()) text += ": " + e->what;
  for (const Error* e = this; e != nullptr; e = e->cause.get()) {
    if (e->remedy.empty()) continue;
    text += "\n  try: " + e->remedy;
    break;
  }
  return text;
}

int exit_code(const Error& error) {
  switch (error.code) {
    case Code::kAwaitsReboot: return 2;
    case Code::kInfeasible: return 3;
    case Code::kBusy: return 4;
    case Code::kNoPermission: return 5;
    case Code::kNoDriver: return 6;
    case Code::kInterrupted: return 130;
    case Code::kInvalidArgument:
    case Code::kUnavailable:
    case Code::kNotSupported:
    case Code::kNotFound:
    case Code::kNeedsReset:
    case Code::kConflict:
    case Code::kInternal: return 1;
  }
  return 1;
}

}  // namespace septet
