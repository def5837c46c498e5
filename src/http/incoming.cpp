#include "http/incoming.h"

#include <algorithm>
#include <charconv>

#include "base/quoted.h"
#include "http/error_response.h"
#include "http/target.h"

namespace septet::http {
namespace {

constexpr std::size_t kMostMethod = 32;    // bytes
constexpr std::size_t kMostHeaders = 128;  // libmicrohttpd keeps a record for each
// Of a body that is refused, this many times the limit is read and dropped.
constexpr std::uint64_t kDrained = 8;

Response bad_request(int status, std::string what) {
  return error_response(status, Code::kInvalidArgument, std::move(what));
}

// Two of one of these would be read one way here and another way by a proxy.
bool is_single(std::string_view name) {
  static constexpr std::string_view kSingle[] = {
      "authorization", "content-length", "content-type",      "expect",
      "host",          "origin",         "transfer-encoding", "sec-fetch-site"};
  return std::ranges::find(kSingle, name) != std::end(kSingle);
}

struct Headers {
  std::map<std::string, std::string> by_name;
  std::size_t count = 0;
  std::string twice;  // a name that may be there once
};

std::string in_small_letters(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

MHD_Result add_header(void* to, MHD_ValueKind, const char* key, std::size_t key_size,
                      const char* value, std::size_t value_size) {
  Headers& headers = *static_cast<Headers*>(to);
  if (++headers.count > kMostHeaders) return MHD_NO;
  const std::string name = in_small_letters({key, key_size});
  const std::string_view text(value == nullptr ? "" : value, value == nullptr ? 0 : value_size);
  const auto [at, is_new] = headers.by_name.emplace(name, text);
  if (is_new) return MHD_YES;
  if (is_single(name)) headers.twice = name;
  at->second.append(", ").append(text);
  return MHD_YES;
}

bool is_method(std::string_view text) {
  return !text.empty() && text.size() <= kMostMethod && std::ranges::all_of(text, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
  });
}

}  // namespace

void Incoming::begin(std::string_view target, const Limits& limits) {
  *this = Incoming();
  target_ = target.substr(0, limits.target + 1);
}

void Incoming::refuse(Response response) {
  if (!refusal_) refusal_ = std::move(response);
}

void Incoming::read_head(const MicrohttpdLibrary& library, MHD_Connection* connection,
                         std::string_view method, const Limits& limits) {
  Headers headers;
  library.get_connection_values_n(connection, MHD_HEADER_KIND, &add_header, &headers);
  const auto* const info =
      library.get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
  const std::size_t size = info == nullptr ? 0 : info->header_size;
  request_.headers = std::move(headers.by_name);
  check_framing(limits);
  if (target_.size() > limits.target) {
    return refuse(
        bad_request(414, "the target has more than " + std::to_string(limits.target) + " bytes"));
  }
  if (size > limits.headers + target_.size() || headers.count > kMostHeaders) {
    return refuse(bad_request(431, "the headers have more than " + std::to_string(limits.headers) +
                                       " bytes, or are more than " + std::to_string(kMostHeaders)));
  }
  if (!headers.twice.empty()) {
    return refuse(bad_request(400, "the header " + quoted(headers.twice) + " is there twice"));
  }
  if (!is_method(method)) {
    return refuse(bad_request(400, "the method " + quoted(method) + " is none"));
  }
  is_head_ = method == "HEAD";
  request_.method = is_head_ ? "GET" : std::string(method);
  auto target = read_target(target_);
  if (!target) return refuse(error_response(target.error()));
  request_.path = std::move(target->path);
  request_.query = std::move(target->query);
}

void Incoming::check_host(std::string_view version) {
  if (version == "HTTP/1.1" && !request_.headers.contains("host")) {
    refuse(bad_request(400, "a request of HTTP/1.1 has a Host header"));
  }
}

void Incoming::check_framing(const Limits& limits) {
  const auto& headers = request_.headers;
  const auto length = headers.find("content-length");
  const auto coding = headers.find("transfer-encoding");
  const auto unframed = [&](std::string what) {
    framed_ = false;
    refuse(bad_request(400, std::move(what)));
  };
  if (coding != headers.end() && in_small_letters(coding->second) != "chunked") {
    unframed("the transfer coding " + quoted(coding->second) + " is not \"chunked\"");
  }
  if (length == headers.end()) return;
  const std::string& text = length->second;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), announced_);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) {
    return unframed("the content length " + quoted(text) + " is no number");
  }
  if (coding != headers.end()) {
    unframed("a request has a content length or a transfer coding, not both");
  }
  if (announced_ > limits.body) {
    refuse(bad_request(413, "the body has " + text + " bytes, more than the " +
                                std::to_string(limits.body) + " that are taken"));
  }
}

bool Incoming::refused_before_body(const Limits& limits) const {
  if (!refusal_) return false;
  return !framed_ || request_.headers.contains("expect") || announced_ / kDrained > limits.body;
}

bool Incoming::take_body(std::string_view bytes, const Limits& limits) {
  taken_ += bytes.size();
  if (taken_ > limits.body) {
    request_.body = std::string();
    refuse(bad_request(413, "the body has more than the " + std::to_string(limits.body) +
                                " bytes that are taken"));
  } else if (!refusal_) {
    request_.body += bytes;
  }
  return taken_ / kDrained <= limits.body;
}

}  // namespace septet::http
