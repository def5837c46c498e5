#include "kube/rpc/server.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <map>
#include <mutex>

#include "kube/rpc/serving_loop.h"
#include "kube/unix_socket.h"

namespace septet::kube::rpc {
namespace {

constexpr std::size_t kMostConnections = 32;
constexpr int kBacklog = 64;
constexpr int kAcceptsAtOnce = 8;
constexpr int kReadsAtOnce = 16;  // then the others have their turn
// By edges: where no descriptor is left for who waits at the door, the door does not ring for ever.
constexpr std::uint32_t kEveryone = EPOLLIN | EPOLLET;

struct Connection {
  std::unique_ptr<Session> session;
  bool waits_to_write = false;
};

// What a server is in the loop's thread; the guarded part is looked at from elsewhere.
class Serving : public std::enable_shared_from_this<Serving> {
 public:
  Serving(ServingLoop& loop, Service service, int listener)
      : loop_(loop), service_(std::move(service)), listener_(listener) {}
  Serving(const Serving&) = delete;
  Serving& operator=(const Serving&) = delete;
  ~Serving() { ::close(listener_); }

  void begin() {
    loop_.watch(listener_, kEveryone, [this](std::uint32_t) { accept_some(); });
  }
  void end();
  void tell_all();
  void tell(const std::string& message);
  bool told(std::chrono::milliseconds wait) {
    std::unique_lock lock(guard_);
    return changed_.wait_for(lock, wait, [this] { return told_; });
  }
  unsigned watching() const {
    const std::lock_guard lock(guard_);
    return watching_;
  }

 private:
  void accept_some();
  void serve(int descriptor);
  bool read_all(int descriptor, Connection& connection);
  bool write_all(int descriptor, Connection& connection);
  void drop(int descriptor);
  void show();
  Latest latest() const {
    const std::lock_guard lock(guard_);
    return latest_;
  }

  ServingLoop&
      loop_;  // not held: what is still to be done in it holds this, and may be the last to
  Service service_;
  int listener_;
  std::size_t held_ = 0;  // outlives the sessions that count in it
  std::map<int, Connection> connections_;

  mutable std::mutex guard_;
  std::condition_variable changed_;
  Latest latest_;
  unsigned watching_ = 0;
  bool told_ = true;
};

void Serving::tell(const std::string& message) {
  auto latest = std::make_shared<const std::string>(framed(message));
  {
    const std::lock_guard lock(guard_);
    if (same_message(latest_, latest)) return;
    latest_ = std::move(latest);
    told_ = watching_ == 0;
  }
  loop_.soon([self = shared_from_this()] { self->tell_all(); });
}

void Serving::tell_all() {
  const Latest now = latest();
  std::vector<int> descriptors;
  for (auto& [descriptor, connection] : connections_) {
    connection.session->tell(now);
    descriptors.push_back(descriptor);
  }
  for (const int descriptor : descriptors) {
    if (!write_all(descriptor, connections_.at(descriptor))) drop(descriptor);
  }
  show();
}

// What others see of the connections, after anything happened to them.
void Serving::show() {
  const std::lock_guard lock(guard_);
  watching_ = 0;
  told_ = true;
  for (const auto& [descriptor, connection] : connections_) {
    watching_ += connection.session->watching();
    told_ = told_ && connection.session->told(latest_);
  }
  changed_.notify_all();
}

// A few, and then those who are connected have their turn: who comes, asks and goes at once would
// otherwise never be seen to go.
void Serving::accept_some() {
  for (int i = 0; i < kAcceptsAtOnce; ++i) {
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (client < 0 && (errno == EINTR || errno == ECONNABORTED)) continue;
    if (client < 0) return;  // nobody more, or no descriptor left: drop() rings again
    if (connections_.size() >= kMostConnections) {
      ::close(client);
      continue;
    }
    Connection& connection = connections_[client];
    connection.session = Session::open(service_, held_);
    connection.session->tell(latest());
    loop_.watch(client, EPOLLIN, [this, client](std::uint32_t) { serve(client); });
    serve(client);
  }
  loop_.change(listener_, kEveryone);  // rings again if somebody is left
}

void Serving::serve(int descriptor) {
  const auto found = connections_.find(descriptor);
  if (found == connections_.end()) return;
  const bool open = read_all(descriptor, found->second);
  const bool written = write_all(descriptor, found->second);
  if (!open || !written) drop(descriptor);
  show();
}

bool Serving::read_all(int descriptor, Connection& connection) {
  std::array<char, 16 << 10> bytes{};
  for (int i = 0; i < kReadsAtOnce; ++i) {
    const ssize_t size = ::recv(descriptor, bytes.data(), bytes.size(), 0);
    if (size < 0) return errno == EAGAIN || errno == EINTR;
    if (size == 0) return false;
    if (!connection.session->receive({bytes.data(), static_cast<std::size_t>(size)})) return false;
  }
  return true;
}

bool Serving::write_all(int descriptor, Connection& connection) {
  bool full = false;
  for (std::string_view bytes; !full && !(bytes = connection.session->unsent()).empty();) {
    const ssize_t size = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    full = size < 0 && errno == EAGAIN;
    if (size < 0 && !full && errno != EINTR) return false;
    if (size > 0) connection.session->sent(static_cast<std::size_t>(size));
  }
  if (full != connection.waits_to_write) {
    connection.waits_to_write = full;
    loop_.change(descriptor, full ? EPOLLIN | EPOLLOUT : EPOLLIN);
  }
  return true;
}

void Serving::drop(int descriptor) {
  loop_.forget(descriptor);
  connections_.erase(descriptor);
  ::close(descriptor);
  loop_.change(listener_, kEveryone);
}

void Serving::end() {
  loop_.forget(listener_);
  for (auto& [descriptor, connection] : connections_) {
    loop_.forget(descriptor);
    connection.session->finish();
    for (std::string_view bytes; !(bytes = connection.session->unsent()).empty();) {
      const ssize_t size = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (size <= 0) break;  // who does not read is not waited for
      connection.session->sent(static_cast<std::size_t>(size));
    }
    ::close(descriptor);
  }
  connections_.clear();
  show();
}

class SocketServer final : public Server {
 public:
  SocketServer(std::shared_ptr<ServingLoop> loop, std::shared_ptr<Serving> serving)
      : loop_(std::move(loop)), serving_(std::move(serving)) {}
  SocketServer(const SocketServer&) = delete;
  SocketServer& operator=(const SocketServer&) = delete;
  ~SocketServer() override {
    loop_->now([this] { serving_->end(); });
  }
  void tell(const std::string& message) override { serving_->tell(message); }
  bool told(std::chrono::milliseconds wait) override { return serving_->told(wait); }
  unsigned watching() const override { return serving_->watching(); }

 private:
  std::shared_ptr<ServingLoop> loop_;  // goes last
  std::shared_ptr<Serving> serving_;
};

Result<int> listening_socket(const std::string& path) {
  const sockaddr_un address = TRY(unix_address(path));
  const auto failed = [](int descriptor) {
    const int error = errno;
    if (descriptor >= 0) ::close(descriptor);
    return fail(Code::kUnavailable, strerrordesc_np(error));
  };
  const int made = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (made < 0) return failed(made);
  // Its mode is the owner's before it has a name, so that it is never seen open to others.
  if (::fchmod(made, S_IRUSR | S_IWUSR) != 0) return failed(made);
  if (::bind(made, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return failed(made);
  }
  if (::chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0 || ::listen(made, kBacklog) != 0) {
    ::unlink(path.c_str());
    return failed(made);
  }
  return made;
}

}  // namespace

Result<std::unique_ptr<Server>> Server::start(const std::string& path, Service service) {
  const int listener = TRY(listening_socket(path));
  auto loop = ServingLoop::shared();
  auto serving = std::make_shared<Serving>(*loop, std::move(service), listener);
  loop->soon([serving] { serving->begin(); });
  return std::make_unique<SocketServer>(std::move(loop), std::move(serving));
}

}  // namespace septet::kube::rpc
