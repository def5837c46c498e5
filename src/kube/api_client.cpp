// ApiClient: the API's verbs over HTTP, its answers as values and errors.
#include "kube/api_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "kube/http_exchange.h"
#include "kube/read_json.h"
#include "kube/watch_lines.h"

namespace septet::kube {
namespace {

constexpr const char* kJson = "application/json";
// The server ends a watch after this long: a stream that broke without a word is not kept for ever.
constexpr int kWatchSeconds = 300;

const char* content_type(Patch kind) {
  switch (kind) {
    case Patch::kMerge: return "application/merge-patch+json";
    case Patch::kStrategicMerge: return "application/strategic-merge-patch+json";
    case Patch::kApply: return "application/apply-patch+yaml";  // JSON is YAML
  }
  return kJson;
}

// One line, for the wire; what a driver or a person wrote may hold bad UTF-8.
std::string wire_text(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string with_query(const std::string& path, const std::string& query) {
  return path + (path.contains('?') ? "&" : "?") + query;
}

// A value inside a query.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = std::isalnum(byte) != 0 || std::string_view("-._~").contains(c);
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return out;
}

// "nodes", "miglayouts/status": what a role names, of "/apis/GROUP/VERSION/[namespaces/NS/]...".
std::string resource_of(std::string_view path) {
  path = path.substr(0, path.find('?'));
  std::vector<std::string> parts;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    parts.emplace_back(path.substr(0, path.find('/')));
    path.remove_prefix(std::min(path.size(), parts.back().size()));
  }
  std::size_t at = !parts.empty() && parts[0] == "api" ? 2 : 3;
  if (at + 2 < parts.size() && parts[at] == "namespaces") at += 2;
  if (at >= parts.size()) return {};
  return at + 2 < parts.size() ? parts[at] + "/" + parts[at + 2] : parts[at];
}

std::string rbac_remedy(const std::string& verb, const std::string& path) {
  const std::string resource = resource_of(path);
  if (resource.empty()) return "check the token, and the roles bound to it";
  return fmt::format("let the agent's role \"{}\" the resource \"{}\", and check its token", verb,
                     resource);
}

Error no_answer(Error cause, const std::string& what) {
  const Code code = cause.code;
  return {code, what, "check that the API server is reachable from here", 0,
          std::make_shared<const Error>(std::move(cause))};
}

Error refused(const HttpAnswer& answer, const std::string& what, const std::string& verb,
              const std::string& path) {
  if (answer.status >= 300 && answer.status < 400) {
    return no_answer({Code::kUnavailable,
                      fmt::format("a redirect ({}), which is not followed", answer.status),
                      {},
                      0,
                      nullptr},
                     what);
  }
  const auto status = read_json(answer.body);  // not JSON: the number has to do
  Error error = error_of_status(status ? *status : Json(), answer.status, what);
  if (error.code == Code::kNoPermission) error.remedy = rbac_remedy(verb, path);
  return error;
}

class HttpApiClient final : public ApiClient {
 public:
  explicit HttpApiClient(std::unique_ptr<HttpExchange> exchange, const std::atomic<bool>* stop)
      : exchange_(std::move(exchange)), stop_(stop) {}

  Result<Json> get(const std::string& path) override { return ask("get", {"GET", path, {}, {}}); }
  Result<Json> create(const std::string& path, const Json& object) override {
    return ask("create", {"POST", path, wire_text(object), kJson});
  }
  Result<Json> replace(const std::string& path, const Json& object) override {
    return ask("update", {"PUT", path, wire_text(object), kJson});
  }
  Result<Json> patch(const std::string& path, const Json& change, Patch kind,
                     const std::string& manager) override {
    std::string query = "fieldManager=" + escaped(manager);
    if (kind == Patch::kApply) query += "&force=true";
    return ask("patch", {"PATCH", with_query(path, query), wire_text(change), content_type(kind)});
  }
  Result<> remove(const std::string& path) override {
    TRY(ask("delete", {"DELETE", path, {}, {}}));
    return {};
  }
  Result<> watch(const std::string& path, const std::string& resource_version,
                 std::chrono::seconds silence, const std::atomic<bool>& stop,
                 const OnEvent& on_event) override;

 private:
  struct Call {
    std::string method, path, body, content_type;
  };
  Result<Json> ask(const std::string& verb, Call call);

  std::unique_ptr<HttpExchange> exchange_;
  const std::atomic<bool>* stop_;
};

Result<Json> HttpApiClient::ask(const std::string& verb, Call call) {
  const std::string what = verb + " " + call.path;
  HttpRequest request;
  request.method = std::move(call.method);
  request.path = std::move(call.path);
  request.body = std::move(call.body);
  request.content_type = std::move(call.content_type);
  request.stop = stop_;
  const auto answer = exchange_->send(request);
  if (!answer) return std::unexpected(no_answer(answer.error(), what));
  if (answer->status < 200 || answer->status >= 300) {
    return std::unexpected(refused(*answer, what, verb, request.path));
  }
  auto value = read_json(answer->body);
  if (!value) return std::unexpected(no_answer(std::move(value).error(), what));
  if (!value->is_object()) {
    return std::unexpected(
        no_answer({Code::kUnavailable, "the answer is no object", {}, 0, nullptr}, what));
  }
  return value;
}

Result<> HttpApiClient::watch(const std::string& path, const std::string& resource_version,
                              std::chrono::seconds silence, const std::atomic<bool>& stop,
                              const OnEvent& on_event) {
  WatchLines lines(on_event);
  HttpRequest request;
  request.path = with_query(
      path, fmt::format("watch=true&allowWatchBookmarks=true&timeoutSeconds={}&resourceVersion={}",
                        kWatchSeconds, escaped(resource_version)));
  request.total = std::chrono::milliseconds(0);
  request.silence = silence;
  request.stop = &stop;
  request.on_bytes = [&](std::string_view bytes) { return lines.take(bytes); };
  const std::string what = "watch " + path;
  const auto answer = exchange_->send(request);
  if (answer) {
    if (answer->status == 200) return {};
    return std::unexpected(refused(*answer, what, "watch", path));
  }
  if (answer.error().code == Code::kInterrupted) return {};
  return std::unexpected(no_answer(answer.error(), what));
}

}  // namespace

Result<std::unique_ptr<ApiClient>> ApiClient::open(ApiAccess access,
                                                   const std::atomic<bool>* stop) {
  return std::make_unique<HttpApiClient>(TRY(HttpExchange::open(std::move(access))), stop);
}

}  // namespace septet::kube
