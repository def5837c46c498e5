// http/sse.h — server-sent events as bytes: one event, one comment.
//
// Pure. Source: HTML Living Standard, 9.2 (text/event-stream): a line ends with CR, LF or both, and
// an event with an empty line.
#pragma once

#include <string>
#include <string_view>

namespace septet::http {

// "event: NAME\ndata: LINE\n...\n\n". Each line of `data` gets a data field of its own, and a
// reader joins them with LF, so CR and CR LF arrive as LF. Line ends in `name` are left out: they
// would begin another field. An empty name leaves the event's type to its default, "message".
std::string sse_event(std::string_view name, std::string_view data);

// ": TEXT\n\n", which readers skip: keeps a connection open. Of text with line ends, each line.
std::string sse_comment(std::string_view text);

}  // namespace septet::http
