// web/site.h — the dashboard's files, compiled in.
//
// Names in /assets/ hold a hash of what is in them and may be kept for ever; the page may not. Each
// is there as it is and gzip'd, for those who accept that.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "http/server.h"

namespace septet::web {

struct EmbeddedFile {
  std::string_view path;         // "/index.html", "/assets/index-3f2a.js"
  std::string_view bytes, gzip;  // gzip is empty where it would not be shorter
};
// Made by tools/embed_files. Without a dashboard at build time there are none.
std::span<const EmbeddedFile> dashboard_files();
std::span<const EmbeddedFile> lab_files();      // examples/lab
std::span<const EmbeddedFile> openapi_files();  // one: openapi.json

// nullopt: there is no such file.
std::optional<http::Response> site_answer(const http::Request& request);

}  // namespace septet::web
