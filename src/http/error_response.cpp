#include "http/error_response.h"

namespace septet::http {
namespace {

const char* code_name(Code code) {
  switch (code) {
    case Code::kInvalidArgument: return "invalid-argument";
    case Code::kInfeasible: return "infeasible";
    case Code::kBusy: return "busy";
    case Code::kNoPermission: return "no-permission";
    case Code::kUnavailable: return "unavailable";
    case Code::kNoDriver: return "no-driver";
    case Code::kNotSupported: return "not-supported";
    case Code::kNotFound: return "not-found";
    case Code::kNeedsReset: return "needs-reset";
    case Code::kAwaitsReboot: return "awaits-reboot";
    case Code::kInterrupted: return "interrupted";
    case Code::kConflict: return "conflict";
    case Code::kInternal: return "internal";
  }
  return "internal";
}

}  // namespace

int status_of(const Error& error) {
  switch (error.code) {
    case Code::kInvalidArgument: return 400;
    case Code::kNoPermission: return 403;
    case Code::kNotFound: return 404;
    case Code::kBusy:
    case Code::kConflict:
    case Code::kNeedsReset:
    case Code::kAwaitsReboot: return 409;
    case Code::kInfeasible:
    case Code::kNotSupported: return 422;
    case Code::kUnavailable:
    case Code::kNoDriver:
    case Code::kInterrupted: return 503;
    case Code::kInternal: return 500;
  }
  return 500;
}

Json error_json(const Error& error) {
  std::string what = error.what, remedy;
  for (const Error* e = error.cause.get(); e != nullptr; e = e->cause.get()) what += ": " + e->what;
  for (const Error* e = &error; e != nullptr && remedy.empty(); e = e->cause.get()) {
    remedy = e->remedy;
  }
  return {{"code", code_name(error.code)},
          {"what", what},
          {"remedy", remedy},
          {"exit_code", exit_code(error)}};
}

Response error_response(const Error& error) { return error_response(status_of(error), error); }

Response error_response(int status, const Error& error) {
  return {.status = status,
          .body = to_text({{"error", error_json(error)}}),
          .headers = {{"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"}}};
}

Response error_response(int status, Code code, std::string what, std::string remedy) {
  return error_response(status, Error{code, std::move(what), std::move(remedy), 0, nullptr});
}

}  // namespace septet::http
