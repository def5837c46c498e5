// http/error_response.h — an error as an answer: its JSON, and the status that says what to do
// next.
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "http/server.h"

namespace septet::http {

// {"code":"infeasible","what":..,"remedy":..,"exit_code":3}: the code in kebab case, `what` with
// its causes, the first remedy or "".
Json error_json(const Error& error);

// 400 bad input; 403, 404, 409 (somebody uses it, or the world changed), 422 infeasible, 500 ours,
// 503 the answer is unknown.
int status_of(const Error& error);

// {"error": error_json}, with `status`, or that of the error.
Response error_response(const Error& error);
Response error_response(int status, const Error& error);
Response error_response(int status, Code code, std::string what, std::string remedy = {});

}  // namespace septet::http
