#include "web/site.h"

#include <gtest/gtest.h>

namespace septet::web {

namespace {

http::Request get(const std::string& path, const std::string& encoding = "") {
  http::Request request{
      .method = "GET", .path = path, .query = {}, .headers = {}, .body = "", .peer = ""};
  if (!encoding.empty()) request.headers["accept-encoding"] = encoding;
  return request;
}

TEST(Site, ThePageIsThereWithOrWithoutADashboard) {
  const auto page = site_answer(get("/"));
  ASSERT_TRUE(page);
  EXPECT_EQ(page->content_type.substr(0, 9), dashboard_files().empty() ? "text/html" : "text/html");
  EXPECT_TRUE(page->fixed_body.contains("septet"));
  EXPECT_FALSE(page->headers.contains("Cache-Control")) << "the page itself is asked for each time";
}

TEST(Site, OnlyWhatWasCompiledInIsServed) {
  for (const char* const path : {"/assets/none.js", "/etc/passwd", "/../src", "/index.htm"})
    EXPECT_FALSE(site_answer(get(path))) << path;
}

TEST(Site, GzipIsForThoseWhoTakeIt) {
  for (const EmbeddedFile& file : dashboard_files()) {
    if (file.gzip.empty()) continue;
    EXPECT_LT(file.gzip.size(), file.bytes.size());
    const std::string path(file.path);
    EXPECT_EQ(site_answer(get(path, "br, gzip;q=0.8"))->fixed_body.data(), file.gzip.data());
    EXPECT_EQ(site_answer(get(path, "*"))->headers.at("Content-Encoding"), "gzip");
    for (const char* const none : {"", "br", "gzip;q=0", "identity, gzip;q=0.000"})
      EXPECT_EQ(site_answer(get(path, none))->fixed_body.data(), file.bytes.data()) << none;
  }
}

}  // namespace

}  // namespace septet::web
