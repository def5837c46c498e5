// http/address.cpp — what the text of a listening address means.
#include <arpa/inet.h>
#include <sys/un.h>

#include <charconv>

#include "base/quoted.h"
#include "http/server.h"

namespace septet::http {
namespace {

std::unexpected<Error> no_address(std::string_view text, const char* why) {
  return fail(Code::kInvalidArgument, "the address " + quoted(text) + " " + why,
              "127.0.0.1:8080, [::1]:8080, :8080 (this host only), or unix:/run/septet.sock");
}

Result<Address> unix_address(std::string_view text, std::string_view path) {
  if (!path.starts_with('/')) return no_address(text, "names a socket without an absolute path");
  if (path.size() >= sizeof(sockaddr_un::sun_path) || path.contains('\0')) {
    return no_address(text, "names a socket with a path over 107 bytes");
  }
  return Address{.host = {}, .port = 0, .socket = std::string(path)};
}

Result<std::uint16_t> read_port(std::string_view text, std::string_view port) {
  std::uint16_t number = 0;
  const char* const end = port.data() + port.size();
  const auto read = std::from_chars(port.data(), end, number);
  if (port.empty() || read.ec != std::errc{} || read.ptr != end) {
    return no_address(text, "has no port of 0 to 65535");
  }
  return number;
}

// "[::1]" without the brackets, an IPv4 address, "localhost" or nothing (both loopback).
Result<std::string> read_host(std::string_view text, std::string_view host) {
  if (host.empty() || host == "localhost") return "127.0.0.1";
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  const std::string literal(bracketed ? host.substr(1, host.size() - 2) : host);
  in6_addr bytes{};
  if (::inet_pton(bracketed ? AF_INET6 : AF_INET, literal.c_str(), &bytes) != 1) {
    return no_address(text, "has a host that is no IP address (names are not looked up)");
  }
  return literal;
}

}  // namespace

bool Address::is_loopback() const {
  if (is_unix()) return true;
  in_addr four{};
  if (::inet_pton(AF_INET, host.c_str(), &four) == 1) return ntohl(four.s_addr) >> 24 == 127;
  in6_addr six{};
  if (::inet_pton(AF_INET6, host.c_str(), &six) != 1) return false;
  if (IN6_IS_ADDR_V4MAPPED(&six)) return six.s6_addr[12] == 127;
  return IN6_IS_ADDR_LOOPBACK(&six);
}

Result<Address> read_address(std::string_view text) {
  if (text.starts_with("unix:")) return unix_address(text, text.substr(5));
  const auto colon = text.rfind(':');
  const bool port_only = colon == std::string_view::npos;
  const auto host = port_only ? std::string_view() : text.substr(0, colon);
  Address address;
  address.port = TRY(read_port(text, port_only ? text : text.substr(colon + 1)));
  address.host = TRY(read_host(text, host));
  return address;
}

}  // namespace septet::http
