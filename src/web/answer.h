// web/answer.h — how the HTTP API says yes and no.
//
// Every error is {"error": {code, what, remedy, exit_code}}: the same sentences as on the command
// line, with the status that says what a program should do next.
#pragma once

#include <string>

#include "base/json.h"
#include "base/result.h"
#include "http/error_response.h"
#include "http/server.h"

namespace septet::web {

using http::error_json;  // the inner object; causes are in `what`
using http::status_of;   // 400, 404, 409, 422, 503 ...

http::Response json_answer(int status, const Json& body);
http::Response error_answer(const Error& error);
http::Response error_answer(int status, const Error& error);
// Of every answer, streams and static files included.
void add_security_headers(http::Response& response);

// Compact; invalid UTF-8 (from a driver or /proc) is replaced, never thrown on.
std::string compact(const Json& value);

}  // namespace septet::web
