// kube/watch_lines.h — a watch stream, byte by byte: one JSON event a line.
//
// Errors. kConflict when the server says that the resource version is too old (410); otherwise what
//         an answer with that status would be; kUnavailable for what is no event, and for a line
//         over 16 MiB.
#pragma once

#include <string>
#include <string_view>

#include "kube/api_client.h"

namespace septet::kube {

// The Error behind a Status object of the API ({"kind": "Status", "code": 404, "message": ...}).
// `code` is what HTTP said, 0 to take the object's own.
Error error_of_status(const Json& status, long code, std::string what);
Code code_of_http(long code);

class WatchLines {
 public:
  explicit WatchLines(const ApiClient::OnEvent& on_event) : on_event_(on_event) {}
  // Calls on_event for each line that is complete. After an error nothing more is taken.
  Result<> take(std::string_view bytes);
  std::size_t events() const { return events_; }

 private:
  Result<> take_line(std::string_view line);

  const ApiClient::OnEvent& on_event_;
  std::string unfinished_;
  std::size_t events_ = 0;
};

}  // namespace septet::kube
