// web/guard.h — may this request be answered at all? Pure.
//
// Reading is open on loopback and unix sockets; a change needs the token everywhere; elsewhere
// reading needs it too. What a web page of somebody else could make a browser send is refused:
//   Host            must name us, so that a name of theirs that points here (DNS rebinding) fails
//   Origin, Sec-Fetch-Site   of a POST must say same-origin, when a browser sends them
//   Content-Type    of a POST must be application/json, which no form can send
//   the token       only in the Authorization header, for URLs end in logs and histories
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/server.h"

namespace septet::web {

struct Guard {
  std::string token = {};  // empty: none, nothing may be changed
  bool local = true;       // loopback or unix socket
  bool tls = false;
  std::string listens_on = {};          // the host that is listened on
  std::vector<std::string> hosts = {};  // other names of ours
};

enum class Access : std::uint8_t {
  kOpen,    // anybody: the page itself, and whether we live
  kRead,    // the node
  kChange,  // cuts it anew
};

// nullopt: it may. kOpen to kChange are checked for every method.
std::optional<http::Response> refuse(const Guard& guard, const http::Request& request,
                                     Access access);

// Takes as long for every wrong text of one length.
bool same_secret(std::string_view given, std::string_view secret);
// Is `host` ("localhost:8080", "[::1]") one of ours? Any literal address is where any is listened
// on: only names can be rebound.
bool is_our_host(const Guard& guard, std::string_view host);

}  // namespace septet::web
