// What a request and a push to 200 streams cost, and how much of memory a server is.
//
// Clients are in this process and on its other threads: their time is in the latency, their memory
// (a buffer) in the process's. "rss_mib" is the process's at that point less what it was before the
// server.
#include <arpa/inet.h>
#include <benchmark/benchmark.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <mutex>
#include <thread>
#include <vector>

#include "http/server.h"

namespace septet::http {
namespace {

constexpr char kAsk[] = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr std::size_t kStreams = 200;
constexpr std::size_t kPush = 10 * 1024;

double resident_mib() {
  std::ifstream in("/proc/self/statm");
  std::size_t all = 0, resident = 0;
  in >> all >> resident;
  return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1 << 20);
}

class BenchedServer {
 public:
  BenchedServer() {
    Options options;
    options.address.host = "127.0.0.1";
    options.limits.requests_per_s = 1'000'000'000;
    auto started =
        Server::start(options, [this](const Request& request, std::shared_ptr<Reply> reply) {
          if (request.path != "/stream") return reply->send({.body = std::string(1024, 'a')});
          const std::lock_guard lock(mutex_);
          streams_.push_back(reply->stream({.content_type = "text/event-stream"}, "first"));
        });
    SEPTET_ASSERT(started.has_value());
    server_ = std::move(*started);
  }
  int connected() const {
    const int client = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(server_->address().port);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    SEPTET_ASSERT(::connect(client, reinterpret_cast<sockaddr*>(&at), sizeof(at)) == 0);
    return client;
  }
  std::vector<std::shared_ptr<Stream>> streams() {
    const std::lock_guard lock(mutex_);
    return streams_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::shared_ptr<Stream>> streams_;
  std::unique_ptr<Server> server_;
};

void send_text(int client, std::string_view text) {
  SEPTET_ASSERT(::send(client, text.data(), text.size(), MSG_NOSIGNAL) ==
                static_cast<ssize_t>(text.size()));
}

void ask_once(int client) {
  char bytes[16384];
  send_text(client, kAsk);
  for (std::size_t got = 0; got < 1024;) {  // of the head or the body
    const ssize_t count = ::recv(client, bytes, sizeof(bytes), 0);
    SEPTET_ASSERT(count > 0);
    got += static_cast<std::size_t>(count);
  }
}

// The first server of a process: libmicrohttpd and GnuTLS are loaded by it.
void first_server(benchmark::State& state) {
  const double before = resident_mib();
  for (auto _ : state) {
    const BenchedServer server;
    const int client = server.connected();
    ask_once(client);
    ::close(client);
    state.counters["rss_mib"] = resident_mib() - before;
  }
}
BENCHMARK(first_server)->Iterations(1)->Unit(benchmark::kMillisecond);

// One request of 1 KiB on a connection that is kept.
void request_latency(benchmark::State& state) {
  const BenchedServer server;
  const int client = server.connected();
  for (auto _ : state) ask_once(client);
  ::close(client);
}
BENCHMARK(request_latency)->UseRealTime();

class StreamClients {
 public:
  explicit StreamClients(BenchedServer& server) {
    for (std::size_t i = 0; i < kStreams; ++i) {
      clients_.push_back(server.connected());
      send_text(clients_.back(), "GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
    }
    while (server.streams().size() < kStreams) std::this_thread::yield();
    take("first");
  }
  StreamClients(const StreamClients&) = delete;
  StreamClients& operator=(const StreamClients&) = delete;
  ~StreamClients() {
    for (const int client : clients_) ::close(client);
  }
  // Until the end of what was pushed has come to each.
  void take(std::string_view end) {
    char bytes[65536];
    for (const int client : clients_) {
      for (std::string last; !last.contains(end);) {
        const ssize_t count = ::recv(client, bytes, sizeof(bytes), 0);
        SEPTET_ASSERT(count > 0);
        last.erase(0, last.size() > 64 ? last.size() - 64 : 0);
        last.append(bytes, static_cast<std::size_t>(count));
      }
    }
  }

 private:
  std::vector<int> clients_;
};

// 10 KiB to each of 200 streams, until the last byte of the last has come.
void push_to_200_streams(benchmark::State& state) {
  const double before = resident_mib();
  BenchedServer server;
  StreamClients clients(server);
  const auto streams = server.streams();
  const double open = resident_mib();
  const std::string piece = std::string(kPush - 4, 'p') + "end\n";
  for (auto _ : state) {
    for (const auto& stream : streams) SEPTET_ASSERT(stream->push(piece));
    clients.take("end\n");
  }
  state.counters["open_rss_mib"] = open - before;
  state.counters["pushed_rss_mib"] = resident_mib() - before;
}
BENCHMARK(push_to_200_streams)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace septet::http
