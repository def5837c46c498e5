#include "http/error_response.h"

#include <gtest/gtest.h>

namespace septet::http {
namespace {

TEST(ErrorResponse, TheShapeOfTheContract) {
  Error cause{Code::kInfeasible, "needs 4 memory units of 1 free", "stop python (pid 42)", 0, {}};
  const Error error = fail_because(cause, "3g.40gb on GPU 0").error();
  const Response response = error_response(error);
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_EQ(response.headers.at("Cache-Control"), "no-store");
  const Json expected = {{"error",
                          {{"code", "infeasible"},
                           {"what", "3g.40gb on GPU 0: needs 4 memory units of 1 free"},
                           {"remedy", "stop python (pid 42)"},
                           {"exit_code", 3}}}};
  EXPECT_EQ(Json::parse(response.body), expected);
}

TEST(ErrorResponse, EveryCodeHasAStatusAndAName) {
  const struct {
    Code code;
    int status;
    const char* name;
  } cases[] = {
      {Code::kInvalidArgument, 400, "invalid-argument"},
      {Code::kInfeasible, 422, "infeasible"},
      {Code::kBusy, 409, "busy"},
      {Code::kNoPermission, 403, "no-permission"},
      {Code::kUnavailable, 503, "unavailable"},
      {Code::kNoDriver, 503, "no-driver"},
      {Code::kNotSupported, 422, "not-supported"},
      {Code::kNotFound, 404, "not-found"},
      {Code::kNeedsReset, 409, "needs-reset"},
      {Code::kAwaitsReboot, 409, "awaits-reboot"},
      {Code::kInterrupted, 503, "interrupted"},
      {Code::kConflict, 409, "conflict"},
      {Code::kInternal, 500, "internal"},
  };
  for (const auto& c : cases) {
    const Response response = error_response(Error{c.code, "w", "", 0, nullptr});
    EXPECT_EQ(response.status, c.status) << c.name;
    EXPECT_EQ(Json::parse(response.body)["error"]["code"], c.name);
    EXPECT_EQ(Json::parse(response.body)["error"]["remedy"], "");
  }
}

TEST(ErrorResponse, BytesThatAreNoTextAreReplaced) {
  const Response response = error_response(413, Code::kInvalidArgument, "\xff\xfe");
  EXPECT_EQ(response.status, 413);
  EXPECT_TRUE(Json::accept(response.body));
}

}  // namespace
}  // namespace septet::http
