#include "web/site.h"

#include <algorithm>
#include <string>

namespace septet::web {

namespace {

constexpr std::string_view kNoDashboard =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>septet</title>"
    "<h1>septet agent</h1>"
    "<p>This build has no dashboard: its files were not there when it was built.</p>"
    "<p>Build it with <code>scripts/build_web.sh</code> and then <code>make build</code>.</p>"
    "<p>The API is here: <a href=\"/api/v1/node\">/api/v1/node</a>, "
    "<a href=\"/api/v1/openapi.json\">/api/v1/openapi.json</a>, "
    "<a href=\"/metrics\">/metrics</a>.</p></html>\n";

struct ContentType {
  std::string_view ending, type;
};
constexpr ContentType kTypes[] = {{".html", "text/html; charset=utf-8"},
                                  {".js", "text/javascript; charset=utf-8"},
                                  {".css", "text/css; charset=utf-8"},
                                  {".svg", "image/svg+xml"},
                                  {".png", "image/png"},
                                  {".ico", "image/x-icon"},
                                  {".json", "application/json"},
                                  {".webmanifest", "application/manifest+json"},
                                  {".woff2", "font/woff2"},
                                  {".txt", "text/plain; charset=utf-8"}};

std::string type_of(std::string_view path) {
  const auto found = std::ranges::find_if(
      kTypes, [path](const ContentType& one) { return path.ends_with(one.ending); });
  return std::string(found == std::end(kTypes) ? "application/octet-stream" : found->type);
}

// "gzip" or "*" among the codings, unless its weight is nothing. Source: RFC 9110, 12.5.3.
bool takes_gzip(const http::Request& request) {
  const auto header = request.headers.find("accept-encoding");
  if (header == request.headers.end()) return false;
  std::string_view rest = header->second;
  while (!rest.empty()) {
    const std::string_view one = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), one.size() + 1));
    const auto begin = one.find_first_not_of(' ');
    if (begin == std::string_view::npos) continue;
    const std::string_view coding = one.substr(begin, one.find_first_of("; ", begin) - begin);
    const bool refused = one.find("q=0") != std::string_view::npos &&
                         one.find_first_of("123456789", one.find("q=0")) == std::string_view::npos;
    if ((coding == "gzip" || coding == "*") && !refused) return true;
  }
  return false;
}

}  // namespace

std::optional<http::Response> site_answer(const http::Request& request) {
  const std::string path = request.path == "/" ? "/index.html" : request.path;
  const auto files = dashboard_files();
  const auto found = std::ranges::find(files, path, &EmbeddedFile::path);
  http::Response response;
  response.content_type = type_of(path);
  if (found == files.end()) {
    if (request.path != "/") return std::nullopt;
    response.fixed_body = kNoDashboard;
    return response;
  }
  response.headers["Vary"] = "Accept-Encoding";
  if (path.starts_with("/assets/"))
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable";
  const bool zipped = !found->gzip.empty() && takes_gzip(request);
  if (zipped) response.headers["Content-Encoding"] = "gzip";
  response.fixed_body = zipped ? found->gzip : found->bytes;
  return response;
}

}  // namespace septet::web
