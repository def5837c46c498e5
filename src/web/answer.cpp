#include "web/answer.h"

namespace septet::web {

std::string_view code_name(Code code) {
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
  std::unreachable();
}

int status_of(const Error& error) {
  switch (error.code) {
    case Code::kInvalidArgument: return 400;
    case Code::kNoPermission: return 403;
    case Code::kNotFound: return 404;
    case Code::kBusy:
    case Code::kNeedsReset:
    case Code::kAwaitsReboot:
    case Code::kConflict: return 409;
    case Code::kInfeasible:
    case Code::kNotSupported: return 422;
    case Code::kUnavailable:
    case Code::kNoDriver:
    case Code::kInterrupted: return 503;
    case Code::kInternal: return 500;
  }
  std::unreachable();
}

Json error_json(const Error& error) {
  std::string what = error.what;
  for (const Error* cause = error.cause.get(); cause != nullptr; cause = cause->cause.get())
    what += ": " + cause->what;
  std::string remedy = error.remedy;
  for (const Error* cause = error.cause.get(); remedy.empty() && cause != nullptr;
       cause = cause->cause.get())
    remedy = cause->remedy;
  return {{"code", code_name(error.code)},
          {"what", what},
          {"remedy", remedy},
          {"exit_code", exit_code(error)}};
}

std::string compact(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

http::Response json_answer(int status, const Json& body) {
  http::Response response;
  response.status = status;
  response.body = compact(body) + "\n";
  return response;
}

http::Response error_answer(int status, const Error& error) {
  return json_answer(status, {{"error", error_json(error)}});
}

http::Response error_answer(const Error& error) { return error_answer(status_of(error), error); }

void add_security_headers(http::Response& response) {
  // An asset whose name holds its hash says itself how long it may be kept.
  response.headers.try_emplace("Cache-Control", "no-store");
  response.headers["X-Content-Type-Options"] = "nosniff";
  response.headers["Referrer-Policy"] = "no-referrer";
  response.headers["Content-Security-Policy"] =
      "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
      "frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
}

}  // namespace septet::web
