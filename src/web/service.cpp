#include "web/service.h"

#include <fmt/format.h>

#include <chrono>
#include <fstream>
#include <iterator>

#include "base/version.h"
#include "web/api.h"
#include "web/metrics_page.h"

namespace septet::web {

namespace {

constexpr std::size_t kMostPem = std::size_t{1} << 20;

double steady_now_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

Result<std::string> read_pem(const std::string& path) {
  if (path.empty()) return std::string();
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (file.bad() || text.empty() || text.size() > kMostPem) {
    return fail(Code::kNotFound, "cannot read " + path, "name a PEM file");
  }
  return text;
}

// What an address that others reach must come with.
Result<> check_far(const http::Address& address, const ServiceOptions& options) {
  if (options.certificate_file.empty() != options.key_file.empty()) {
    return fail(Code::kInvalidArgument, "--tls-cert and --tls-key go together", "give both");
  }
  if (address.is_loopback()) return {};
  if (!options.certificate_file.empty() && !options.token_file.empty()) return {};
  return fail(
      Code::kInvalidArgument,
      options.address + " is reached from other machines: that needs TLS and a token",
      "give --tls-cert, --tls-key and --token-file, or listen on 127.0.0.1 and come by ssh");
}

Guard guard_of(const http::Address& address, const ServiceOptions& options, std::string token) {
  Guard guard;
  guard.token = std::move(token);
  guard.local = address.is_loopback();
  guard.tls = !options.certificate_file.empty();
  guard.listens_on = address.host;
  guard.hosts = options.hosts;
  return guard;
}

class NodeService final : public Service {
 public:
  NodeService(const ServiceOptions& options, Guard guard)
      : tls_(guard.tls),
        metrics_(options.host),
        live_({kVersion, options.host, 0, !guard.token.empty()}),
        watcher_({options.library, options.simulated_state, options.faults}, live_, {}),
        api_(
            std::move(guard), live_, [this] { return watcher_.open(); }, answers(),
            [this] { watcher_.look_now(); }) {}
  ~NodeService() override {
    api_.interrupt();
    server_.reset();
  }
  Result<> serve(http::Options options) {
    server_ = TRY(http::Server::start(
        std::move(options),
        [this](const http::Request& request, const std::shared_ptr<http::Reply>& reply) {
          api_.handle(request, reply);
        }));
    return {};
  }
  void told(Told told) override { watcher_.told(std::move(told)); }
  std::string address() const override {
    const http::Address at = server_->address();
    if (at.is_unix()) return "unix:" + at.socket;
    const bool six = at.host.contains(':');
    return fmt::format("{}://{}{}{}:{}", tls_ ? "https" : "http", six ? "[" : "", at.host,
                       six ? "]" : "", at.port);
  }

 private:
  Answers answers() {
    return {[](double, std::optional<std::uint32_t>) -> Result<Json> {
              return fail(Code::kNotSupported, "this agent keeps no history",
                          "start it with --history FILE");
            },
            [this]() -> Result<std::string> {
              return metrics_.text(live_.seen(), std::nullopt, steady_now_s());
            }};
  }

  bool tls_;
  MetricsPage metrics_;
  Live live_;
  Watcher watcher_;
  Api api_;
  std::unique_ptr<http::Server> server_;
};

}  // namespace

Result<std::unique_ptr<Service>> Service::start(const ServiceOptions& options, const Say& say) {
  http::Options server;
  server.address = TRY(http::read_address(options.address));
  TRY(check_far(server.address, options));
  server.certificate_pem = TRY(read_pem(options.certificate_file));
  server.key_pem = TRY(read_pem(options.key_file));
  std::string token;
  if (!options.token_file.empty()) token = TRY(read_token(options.token_file));
  const bool may_change = !token.empty();
  auto service =
      std::make_unique<NodeService>(options, guard_of(server.address, options, std::move(token)));
  TRY(service->serve(std::move(server)));
  say(fmt::format("dashboard and API on {}{}", service->address(),
                  may_change ? "" : " (read-only: no --token-file)"));
  return service;
}

}  // namespace septet::web
