#include "web/guard.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cctype>

#include "base/quoted.h"
#include "web/answer.h"

namespace septet::web {

namespace {

std::string small(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

std::optional<std::string> header(const http::Request& request, const char* name) {
  const auto found = request.headers.find(name);
  return found == request.headers.end() ? std::nullopt : std::optional(found->second);
}

// The host of "host", "host:port" or "[v6]:port", in small letters, without brackets; nullopt: it
// is none of these.
std::optional<std::string> host_part(std::string_view text) {
  std::string_view host = text, port;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    host = text.substr(1, end - 1);
    port = text.substr(end + 1);
  } else if (const auto colon = text.find(':'); colon != std::string_view::npos) {
    host = text.substr(0, colon);
    port = text.substr(colon);
  }
  const bool digits = std::ranges::all_of(port.substr(port.empty() ? 0 : 1),
                                          [](unsigned char c) { return std::isdigit(c) != 0; });
  if (host.empty() || (!port.empty() && port[0] != ':') || !digits) return std::nullopt;
  return small(host);
}

bool is_literal(const std::string& host) {
  in6_addr address{};
  return inet_pton(AF_INET, host.c_str(), &address) == 1 ||
         inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

bool is_loopback(const std::string& host) {
  in_addr four{};
  if (inet_pton(AF_INET, host.c_str(), &four) == 1) return (ntohl(four.s_addr) >> 24) == 127;
  return host == "localhost" || host == "::1";
}

http::Response no(int status, Code code, std::string what, std::string remedy) {
  return error_answer(status, {code, std::move(what), std::move(remedy), 0, nullptr});
}

std::optional<http::Response> refuse_source(const Guard& guard, const http::Request& request) {
  const auto host = header(request, "host");
  if (!host || !is_our_host(guard, *host)) {
    return no(403, Code::kNoPermission,
              host ? "the Host header names " + quoted(*host) + ", which is not this server"
                   : "there is no Host header",
              "ask by the address it listens on, or start it with --http-host NAME");
  }
  for (const char* const name : {"token", "access_token"}) {
    if (request.query.contains(name)) {
      return no(400, Code::kInvalidArgument, "a token does not belong in a URL",
                "send it as a header: Authorization: Bearer TOKEN");
    }
  }
  return std::nullopt;
}

std::optional<http::Response> refuse_post(const Guard& guard, const http::Request& request) {
  const std::string type = small(header(request, "content-type").value_or(""));
  const std::string bare = type.substr(0, type.find(';'));
  if (bare.substr(0, bare.find_last_not_of(' ') + 1) != "application/json") {
    return no(415, Code::kInvalidArgument,
              type.empty() ? "the body has no Content-Type" : "the body is " + quoted(type),
              "send JSON, with the header Content-Type: application/json");
  }
  const auto origin = header(request, "origin");
  const std::string own =
      std::string(guard.tls ? "https://" : "http://") + header(request, "host").value_or("");
  const bool other = origin && small(*origin) != small(own);
  const auto site = header(request, "sec-fetch-site");
  if (other || (site && *site != "same-origin")) {
    return no(403, Code::kNoPermission, "this request comes from a page of another site",
              "only the dashboard that this server serves may ask for it from a browser");
  }
  return std::nullopt;
}

std::optional<http::Response> refuse_bearer(const Guard& guard, const http::Request& request) {
  const std::string given = header(request, "authorization").value_or("");
  constexpr std::string_view kScheme = "bearer ";
  const bool bearer = small(given.substr(0, kScheme.size())) == kScheme;
  if (bearer && same_secret(std::string_view(given).substr(kScheme.size()), guard.token))
    return std::nullopt;
  auto response = no(401, Code::kNoPermission,
                     given.empty() ? "this needs the token" : "the token is not the right one",
                     "send the one in the agent's --token-file: Authorization: Bearer TOKEN");
  response.headers["WWW-Authenticate"] = "Bearer";
  return response;
}

}  // namespace

bool same_secret(std::string_view given, std::string_view secret) {
  if (secret.empty()) return false;
  std::size_t difference = given.size() ^ secret.size();
  for (std::size_t i = 0; i < given.size(); ++i)
    difference |= static_cast<unsigned char>(given[i] ^ secret[i % secret.size()]);
  return difference == 0;
}

bool is_our_host(const Guard& guard, std::string_view host) {
  const auto name = host_part(host);
  if (!name) return false;
  if (is_loopback(*name) || *name == small(guard.listens_on)) return true;
  const bool any = guard.listens_on == "0.0.0.0" || guard.listens_on == "::";
  if (any && is_literal(*name)) return true;
  return std::ranges::any_of(guard.hosts, [&](const auto& ours) { return small(ours) == *name; });
}

std::optional<http::Response> refuse(const Guard& guard, const http::Request& request,
                                     Access access) {
  if (auto refused = refuse_source(guard, request)) return refused;
  if (request.method == "POST") {
    if (auto refused = refuse_post(guard, request)) return refused;
  }
  if (access == Access::kChange && guard.token.empty()) {
    return no(403, Code::kNoPermission, "this agent may only be looked at: it was given no token",
              "start it with --token-file FILE, and send what is in it");
  }
  if (access == Access::kChange || (access == Access::kRead && !guard.local))
    return refuse_bearer(guard, request);
  return std::nullopt;
}

}  // namespace septet::web
