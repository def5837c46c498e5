#include "web/service.h"

#include <fmt/format.h>

#include <chrono>
#include <fstream>
#include <iterator>

#include "base/version.h"
#include "metrics/history.h"
#include "partition/node_journal.h"
#include "partition/state_directory.h"
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

std::int64_t unix_now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

Result<std::string> uuid_of(const mig::Node* node, std::uint32_t index) {
  if (node == nullptr) {
    return fail(Code::kUnavailable, "the node is unknown: its driver does not answer",
                "leave gpu out to see all that was kept");
  }
  for (const mig::Gpu& gpu : node->gpus) {
    if (gpu.index == index) return gpu.uuid;
  }
  return fail(Code::kNotFound, fmt::format("this node has no GPU {}", index));
}

// Beside the journal where no file is named.
Result<std::string> history_path(const ServiceOptions& options) {
  if (!options.history.empty()) return options.history;
  mig::Node node;
  node.simulated = !options.simulated_state.empty();
  node.simulated_state = options.simulated_state;
  const std::string wanted = TRY(partition::journal_folder_of(node));
  return TRY(partition::make_state_directory(wanted)) + "/history.db";
}

// One that was asked for by name must be had; without the other the agent does.
Result<std::unique_ptr<metrics::History>> open_history(const ServiceOptions& options,
                                                       const Service::Say& say) {
  if (options.history == "none") return std::unique_ptr<metrics::History>();
  const auto open = [&]() -> Result<std::unique_ptr<metrics::History>> {
    const std::string path = TRY(history_path(options));
    return metrics::History::open(path, {}, say);
  };
  auto history = open();
  if (history || !options.history.empty()) return history;
  say("no history is kept: " + history.error().describe());
  return std::unique_ptr<metrics::History>();
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
  NodeService(const ServiceOptions& options, Guard guard, std::unique_ptr<metrics::History> history)
      : tls_(guard.tls),
        history_(std::move(history)),
        metrics_(options.host),
        live_({kVersion, options.host, 0, !guard.token.empty()}),
        watcher_({options.library, options.simulated_state, options.faults}, live_,
                 [this](const Seen& seen) { keep(seen); }),
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
  void keep(const Seen& seen) {
    if (history_ && seen.node) history_->sample(*seen.node, seen.time_ms);
  }
  Result<Json> series(std::int64_t minutes, std::optional<std::uint32_t> gpu) {
    if (!history_) {
      return fail(Code::kNotSupported, "this agent keeps no history",
                  "start it with --history FILE");
    }
    const auto seen = live_.seen();
    const mig::Node* const node = seen && seen->node ? &*seen->node : nullptr;
    std::optional<std::string> uuid;
    if (gpu) uuid = TRY(uuid_of(node, *gpu));
    const auto found = TRY(history_->series(minutes, uuid, unix_now_ms()));
    return metrics::to_json(found, node);
  }
  Answers answers() {
    return {[this](std::int64_t minutes, std::optional<std::uint32_t> gpu) {
              return series(minutes, gpu);
            },
            [this]() -> Result<std::string> {
              std::optional<metrics::HistoryHealth> health;
              if (history_) health = history_->health();
              return metrics_.text(live_.seen(), health, steady_now_s());
            }};
  }

  bool tls_;
  std::unique_ptr<metrics::History> history_;  // nullptr: none is kept
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
  auto history = TRY(open_history(options, say));
  auto service = std::make_unique<NodeService>(
      options, guard_of(server.address, options, std::move(token)), std::move(history));
  TRY(service->serve(std::move(server)));
  say(fmt::format("dashboard and API on {}{}", service->address(),
                  may_change ? "" : " (read-only: no --token-file)"));
  return service;
}

}  // namespace septet::web
