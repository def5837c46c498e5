#include "http/listener.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace septet::http {
namespace {

constexpr int kWaitingToBeAccepted = 512;

std::string shown_address(const Address& address) {
  if (address.is_unix()) return "unix:" + address.socket;
  const bool six = address.host.contains(':');
  return (six ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

std::unexpected<Error> cannot_listen(const Address& address, int reason) {
  const std::string what = "listen on " + shown_address(address) + ": " + strerrordesc_np(reason);
  switch (reason) {
    case EACCES:
    case EPERM:
    case EROFS:
      return fail(
          Code::kNoPermission, what,
          address.is_unix() ? "a folder that this user may write to" : "a port of 1024 or more");
    case EADDRINUSE: return fail(Code::kBusy, what, "stop who listens there, or another address");
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
    case ENOENT:
    case ENOTDIR: return fail(Code::kInvalidArgument, what, "an address or folder of this host");
    default: return fail(Code::kUnavailable, what);
  }
}

struct SocketAddress {
  sockaddr_storage bytes{};
  socklen_t size = 0;
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&bytes); }
};

SocketAddress socket_address(const Address& address) {
  SocketAddress out;
  if (address.is_unix()) {
    auto& at = reinterpret_cast<sockaddr_un&>(out.bytes);
    at.sun_family = AF_UNIX;
    address.socket.copy(at.sun_path, sizeof(at.sun_path) - 1);
    out.size = sizeof(at);
  } else if (address.host.contains(':')) {
    auto& at = reinterpret_cast<sockaddr_in6&>(out.bytes);
    at.sin6_family = AF_INET6;
    at.sin6_port = htons(address.port);
    ::inet_pton(AF_INET6, address.host.c_str(), &at.sin6_addr);
    out.size = sizeof(at);
  } else {
    auto& at = reinterpret_cast<sockaddr_in&>(out.bytes);
    at.sin_family = AF_INET;
    at.sin_port = htons(address.port);
    ::inet_pton(AF_INET, address.host.c_str(), &at.sin_addr);
    out.size = sizeof(at);
  }
  return out;
}

// 0: somebody listens on the socket; else why not.
int try_to_connect(const Address& address) {
  const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (probe < 0) return errno;
  auto at = socket_address(address);
  const int reason = ::connect(probe, at.get(), at.size) == 0 ? 0 : errno;
  ::close(probe);
  return reason == EAGAIN ? 0 : reason;  // EAGAIN: who listens is behind
}

// Whatever is at the path, when it is a socket that nobody answers on.
Result<> remove_stale(const Address& address) {
  struct stat found {};
  if (::lstat(address.socket.c_str(), &found) != 0) {
    if (errno == ENOENT) return {};
    return cannot_listen(address, errno);
  }
  if (!S_ISSOCK(found.st_mode)) {
    return fail(Code::kInvalidArgument, address.socket + " is there and is no socket",
                "another path, or move away what is there");
  }
  const int reason = try_to_connect(address);
  if (reason == 0) return cannot_listen(address, EADDRINUSE);
  if (reason != ECONNREFUSED) return cannot_listen(address, reason);
  if (::unlink(address.socket.c_str()) != 0) return cannot_listen(address, errno);
  return {};
}

}  // namespace

Listener::Listener(int descriptor, Address address)
    : descriptor_(descriptor), address_(std::move(address)) {}

Listener::Listener(Listener&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      address_(std::move(other.address_)),
      made_(std::exchange(other.made_, {})) {}

Listener::~Listener() {
  if (descriptor_ >= 0) ::close(descriptor_);
  struct stat now {};
  if (made_.st_ino == 0 || ::lstat(address_.socket.c_str(), &now) != 0) return;
  if (now.st_ino == made_.st_ino && now.st_dev == made_.st_dev) ::unlink(address_.socket.c_str());
}

Result<> Listener::listen_on_path(unsigned mode) {
  TRY(remove_stale(address_));
  auto at = socket_address(address_);
  const char* const path = address_.socket.c_str();
  if (::bind(descriptor_, at.get(), at.size) != 0) return cannot_listen(address_, errno);
  // Until listen() nobody can connect, so nobody does with another mode.
  if (::lstat(path, &made_) != 0 || ::chmod(path, mode) != 0) return cannot_listen(address_, errno);
  if (::listen(descriptor_, kWaitingToBeAccepted) != 0) return cannot_listen(address_, errno);
  return {};
}

Result<> Listener::listen_on_port() {
  const int on = 1, off = 0;
  ::setsockopt(descriptor_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (address_.host.contains(':')) {  // "::" is every address, IPv4 too
    ::setsockopt(descriptor_, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
  }
  auto at = socket_address(address_);
  if (::bind(descriptor_, at.get(), at.size) != 0 ||
      ::listen(descriptor_, kWaitingToBeAccepted) != 0 ||
      ::getsockname(descriptor_, at.get(), &at.size) != 0) {
    return cannot_listen(address_, errno);
  }
  // The port is at the same place in both families.
  address_.port = ntohs(reinterpret_cast<const sockaddr_in&>(at.bytes).sin_port);
  return {};
}

Result<Listener> Listener::open(const Address& address, unsigned mode) {
  const int family = address.is_unix() ? AF_UNIX : address.host.contains(':') ? AF_INET6 : AF_INET;
  const int descriptor = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return cannot_listen(address, errno);
  Listener listener(descriptor, address);
  TRY(address.is_unix() ? listener.listen_on_path(mode) : listener.listen_on_port());
  return listener;
}

}  // namespace septet::http
