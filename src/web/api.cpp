#include "web/api.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "partition/history.h"
#include "partition/lease.h"
#include "partition/node_journal.h"
#include "web/answer.h"
#include "web/lab_answers.h"
#include "web/site.h"

namespace septet::web {

namespace {

constexpr Route kRoutes[] = {{"GET", "/", Access::kOpen},
                             {"GET", "/assets/{name}", Access::kOpen},
                             {"GET", "/healthz", Access::kOpen},
                             {"GET", "/metrics", Access::kRead},
                             {"GET", "/api/v1/openapi.json", Access::kRead},
                             {"GET", "/api/v1/node", Access::kRead},
                             {"GET", "/api/v1/events", Access::kRead},
                             {"POST", "/api/v1/plan", Access::kRead},
                             {"POST", "/api/v1/apply", Access::kChange},
                             {"GET", "/api/v1/jobs/{id}", Access::kRead},
                             {"GET", "/api/v1/changes", Access::kRead},
                             {"GET", "/api/v1/series", Access::kRead},
                             {"GET", "/api/v1/lab/scenarios", Access::kRead},
                             {"POST", "/api/v1/lab/compare", Access::kRead}};

constexpr std::uint64_t kMostListed = 500, kMostMinutes = 24 * 60;

double monotonic_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// "{name}" stands for one segment.
bool matches(std::string_view path, std::string_view pattern) {
  const auto brace = pattern.find('{');
  if (brace == std::string_view::npos) return path == pattern;
  return path.size() > brace && path.starts_with(pattern.substr(0, brace)) &&
         path.find('/', brace) == std::string_view::npos;
}

std::string methods_of(std::string_view path) {
  std::string methods;
  for (const Route& route : kRoutes) {
    if (matches(path, route.path))
      methods += (methods.empty() ? "" : ", ") + std::string(route.method);
  }
  return methods;
}

http::Response no_such_page(const std::string& path) {
  std::vector<std::string_view> known;
  for (const Route& route : kRoutes) known.push_back(route.path);
  return error_answer(404, {Code::kNotFound, fmt::format("there is no {} here", path),
                            "GET /api/v1/openapi.json lists what there is", 0, nullptr});
}

http::Response wrong_method(const http::Request& request, const std::string& allowed) {
  auto response = error_answer(
      405, {Code::kInvalidArgument, fmt::format("{} does not take this method", request.path),
            "it takes " + allowed, 0, nullptr});
  response.headers["Allow"] = allowed;
  return response;
}

// A whole number of a query; `otherwise` when it is not there.
Result<std::uint64_t> query_count(const http::Request& request, const std::string& name,
                                  std::uint64_t otherwise, std::uint64_t least,
                                  std::uint64_t most) {
  const auto given = request.query.find(name);
  if (given == request.query.end()) return otherwise;
  std::uint64_t number = 0;
  const char* const last = given->second.data() + given->second.size();
  const auto [end, error] = std::from_chars(given->second.data(), last, number);
  if (error == std::errc{} && end == last && number >= least && number <= most) return number;
  return fail(Code::kInvalidArgument,
              fmt::format("{} is not a whole number from {} to {}", name, least, most));
}

http::Response answer_of(const Result<Json>& result) {
  return result ? json_answer(200, *result) : error_answer(result.error());
}

Result<Json> plan_answer(const partition::OpenDriver& open, const std::string& text) {
  const auto body = TRY(parse_body(text));
  const auto request = TRY(read_plan_request(body));
  const auto bare = TRY(open());
  mig::Node node = TRY(bare->observe());
  const std::string folder = TRY(partition::journal_folder_of(node));
  const auto leases = TRY(partition::live_leases(folder));
  partition::add_lease_holders(node, leases);
  const auto journal = TRY(partition::open_existing_journal_of(node));
  const auto planned = TRY(plan_of(request, node, journal.get(), false));
  return planned_json(planned);
}

Result<Json> changes_answer(const mig::Node& node, std::uint64_t most) {
  const auto journal = TRY(partition::open_existing_journal_of(node));
  if (!journal) return Json{{"changes", Json::array()}};
  return Json{{"changes", partition::to_json(TRY(journal->changes(most)))}};
}

Result<Order> read_order(const std::string& text) {
  const auto body = TRY(parse_body(text));
  TRY(check_object(body, "the request", {"plan", "hash", "allow_reset"}));
  for (const char* const key : {"plan", "hash"}) {
    if (body.contains(key)) continue;
    return fail(
        Code::kInvalidArgument, fmt::format("the request has no {}", key),
        "send the plan that was asked for, and the hash that POST /api/v1/plan gave for it");
  }
  Order order;
  order.request = TRY(read_plan_request(body["plan"]));
  order.hash = TRY(text_of(body["hash"], "hash"));
  if (body.contains("allow_reset"))
    order.allow_reset = TRY(truth_of(body["allow_reset"], "allow_reset"));
  return order;
}

}  // namespace

std::span<const Route> routes() { return kRoutes; }

Api::Api(Guard guard, Live& live, partition::OpenDriver open, Answers answers,
         std::function<void()> changed)
    : guard_(std::move(guard)),
      live_(live),
      open_(std::move(open)),
      answers_(std::move(answers)),
      changed_(std::move(changed)),
      worker_(open_, [this](const Json& job) {
        live_.tell_job(job);
        changed_();
      }) {}

namespace {

// Puts the headers of every answer on whatever is answered, now or later.
class SecuredReply final : public http::Reply {
 public:
  explicit SecuredReply(std::shared_ptr<http::Reply> inner) : inner_(std::move(inner)) {}
  void send(http::Response response) override {
    add_security_headers(response);
    inner_->send(std::move(response));
  }
  std::shared_ptr<http::Stream> stream(http::Response head, std::string first) override {
    add_security_headers(head);
    return inner_->stream(std::move(head), std::move(first));
  }

 private:
  std::shared_ptr<http::Reply> inner_;
};

}  // namespace

void Api::handle(const http::Request& request, const std::shared_ptr<http::Reply>& plain) {
  const auto reply = std::make_shared<SecuredReply>(plain);
  const std::string method = request.method == "HEAD" ? "GET" : request.method;
  const auto route = std::ranges::find_if(kRoutes, [&](const Route& one) {
    return one.method == method && matches(request.path, one.path);
  });
  const bool known = route != std::end(kRoutes);
  // Who may not ask is not told what there is.
  const bool api = request.path.starts_with("/api/") || request.path == "/metrics";
  const Access access = known ? route->access : api ? Access::kRead : Access::kOpen;
  if (auto refused = refuse(guard_, request, access)) return reply->send(std::move(*refused));
  if (known) return answer(*route, request, reply);
  if (const std::string allowed = methods_of(request.path); !allowed.empty())
    return reply->send(wrong_method(request, allowed));
  // The page's icons and the like stand beside it.
  if (method == "GET" && !api) {
    if (auto file = site_answer(request)) return reply->send(std::move(*file));
  }
  reply->send(no_such_page(request.path));
}

void Api::answer(const Route& route, const Request& request, const Reply& reply) {
  if (route.method == "POST") return answer_post(route.path, request, reply);
  answer_read(route.path, request, reply);
}

void Api::answer_post(std::string_view path, const Request& request, const Reply& reply) {
  if (path == "/api/v1/plan") return plan(request, reply);
  if (path == "/api/v1/apply") return apply(request, reply);
  compare(request, reply);
}

void Api::answer_read(std::string_view path, const Request& request, const Reply& reply) {
  http::Response response;
  if (path == "/api/v1/node") {
    response.body = live_.state() + "\n";
  } else if (path == "/api/v1/events") {
    return live_.subscribe(*reply, monotonic_s());
  } else if (path == "/healthz") {
    response.content_type = "text/plain; charset=utf-8";
    response.body = "ok\n";
  } else if (path == "/api/v1/openapi.json") {
    response.fixed_body = openapi_files().front().bytes;
  } else if (path == "/api/v1/lab/scenarios") {
    response = json_answer(200, scenarios_json());
  } else if (path == "/api/v1/jobs/{id}") {
    return job(request, reply);
  } else if (path == "/api/v1/changes") {
    return changes(request, reply);
  } else if (path == "/api/v1/series") {
    return series(request, reply);
  } else if (path == "/metrics") {
    return at(reading_, reply, [this] {
      auto text = answers_.metrics();
      if (!text) return error_answer(text.error());
      http::Response told;
      told.content_type = "text/plain; version=0.0.4; charset=utf-8";
      told.body = std::move(*text);
      return told;
    });
  } else {
    auto file = site_answer(request);
    response = file ? std::move(*file) : no_such_page(request.path);
  }
  reply->send(std::move(response));
}

void Api::at(Desk& desk, const Reply& reply, std::function<http::Response()> work) {
  const bool taken = desk.take([reply, work = std::move(work)] { reply->send(work()); });
  if (taken) return;
  auto response =
      error_answer(429, {Code::kBusy, "as many requests of this kind are being answered as may be",
                         "ask again in a moment", 0, nullptr});
  response.headers["Retry-After"] = "1";
  reply->send(std::move(response));
}

void Api::plan(const Request& request, const Reply& reply) {
  at(planning_, reply, [this, text = request.body] { return answer_of(plan_answer(open_, text)); });
}

void Api::apply(const Request& request, const Reply& reply) {
  auto order = read_order(request.body);
  if (!order) return reply->send(error_answer(order.error()));
  const auto seen = live_.seen();
  if (seen && !seen->governed_by.empty()) {
    return reply->send(error_answer(
        {Code::kConflict, seen->governed_by + " decides how this node is cut, and would undo this",
         "change that, or take it away", 0, nullptr}));
  }
  order->peer = request.peer.empty() ? "a local socket" : request.peer;
  worker_.start(std::move(*order), reply);
}

void Api::job(const Request& request, const Reply& reply) {
  const std::string id = request.path.substr(request.path.rfind('/') + 1);
  const auto job = worker_.job(id);
  if (job) return reply->send(json_answer(200, *job));
  reply->send(error_answer({Code::kNotFound, "there is no such job",
                            "GET /api/v1/changes lists what was changed", 0, nullptr}));
}

void Api::changes(const Request& request, const Reply& reply) {
  const auto most = query_count(request, "most", 50, 1, kMostListed);
  if (!most) return reply->send(error_answer(most.error()));
  const auto seen = live_.seen();
  if (!seen || !seen->node) {
    return reply->send(error_answer({Code::kUnavailable,
                                     "the node is unknown: "
                                     "its driver does not answer",
                                     "GET /api/v1/node says why", 0, nullptr}));
  }
  at(reading_, reply,
     [seen, most = *most] { return answer_of(changes_answer(*seen->node, most)); });
}

void Api::series(const Request& request, const Reply& reply) {
  const auto minutes = query_count(request, "minutes", 60, 1, kMostMinutes);
  if (!minutes) return reply->send(error_answer(minutes.error()));
  std::optional<std::uint32_t> gpu;
  if (request.query.contains("gpu")) {
    const auto index = query_count(request, "gpu", 0, 0, 1023);
    if (!index) return reply->send(error_answer(index.error()));
    gpu = static_cast<std::uint32_t>(*index);
  }
  at(reading_, reply, [this, gpu, minutes = static_cast<std::int64_t>(*minutes)] {
    return answer_of(answers_.series(minutes, gpu));
  });
}

void Api::compare(const Request& request, const Reply& reply) {
  const auto body = parse_body(request.body);
  if (!body) return reply->send(error_answer(body.error()));
  auto asked = read_compare_request(*body);
  if (!asked) return reply->send(error_answer(asked.error()));
  at(lab_, reply, [asked = std::move(*asked)] { return answer_of(compare_scenario(asked)); });
}

}  // namespace septet::web
