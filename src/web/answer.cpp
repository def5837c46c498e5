#include "web/answer.h"

namespace septet::web {

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
