// kube/api_client.h — Kubernetes' API over HTTPS, as much of it as a node agent needs.
//
// Objects are JSON values; what is asked for is a path ("/api/v1/nodes/n1"). TLS by libcurl:
// certificates are checked against the cluster's authority, a token file is read again before each
// request (it rotates). Redirects are not followed; answers over 16 MiB are refused.
// Threads. One client per thread; the access value may be shared.
// Errors.  kNotFound (404), kNoPermission (401, 403: the message says which verb on what, for
// RBAC),
//          kConflict (409), kInvalidArgument (400, 422), kUnavailable (no answer, 429, 5xx, not
//          JSON). The API server's own message is the cause.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace septet::kube {

struct ApiAccess {
  std::string server;                         // "https://10.0.0.1:6443"
  std::string authority_file, authority_pem;  // one of them; both empty: the system's
  std::string token, token_file;              // at most one
  std::string client_certificate_file, client_key_file, client_certificate_pem, client_key_pem;
  bool insecure = false;   // only if a kubeconfig says so
  std::string name_space;  // of the context or the service account; may be empty
};
// KUBECONFIG or --kubeconfig: current context. Exec plugins are not run: kNotSupported names them.
Result<ApiAccess> read_kubeconfig(const std::string& path);
// The pod's service account and KUBERNETES_SERVICE_HOST/PORT. kNotFound: not in a cluster.
Result<ApiAccess> in_cluster_access();

enum class Patch : std::uint8_t { kMerge, kStrategicMerge, kApply };

class ApiClient {
 public:
  // When `stop` becomes true, a request that runs ends with kInterrupted within half a second.
  static Result<std::unique_ptr<ApiClient>> open(ApiAccess access,
                                                 const std::atomic<bool>* stop = nullptr);
  virtual ~ApiClient() = default;
  virtual Result<Json> get(const std::string& path) = 0;
  virtual Result<Json> create(const std::string& path, const Json& object) = 0;
  virtual Result<Json> replace(const std::string& path, const Json& object) = 0;
  // kApply is server-side apply as `manager`, forced.
  virtual Result<Json> patch(const std::string& path, const Json& change, Patch kind,
                             const std::string& manager) = 0;
  virtual Result<> remove(const std::string& path) = 0;

  enum class Seen : std::uint8_t { kAdded, kModified, kDeleted, kBookmark };
  using OnEvent = std::function<void(Seen, const Json& object)>;
  // Events of the list at `path` since `resource_version`, until the server closes the stream, the
  // stream is silent for `silence`, or `stop` becomes true (seen within a second). kConflict: too
  // old (410), list again. kUnavailable: the stream broke, or holds what is no event.
  virtual Result<> watch(const std::string& path, const std::string& resource_version,
                         std::chrono::seconds silence, const std::atomic<bool>& stop,
                         const OnEvent& on_event) = 0;
};

// Keeps a list at hand: lists, watches, lists again after gaps, waits between failures (1 s
// doubling to 30 s). Level triggered: `changed` is called with nothing; objects() is the latest.
class Informer {
 public:
  static std::unique_ptr<Informer> start(ApiAccess access, std::string path,
                                         std::function<void()> changed);
  virtual ~Informer() = default;  // stops within two seconds
  struct State {
    bool known = false;            // false until the first list: the objects are unknown
    std::vector<Json> objects;     // by namespace and name
    std::optional<Error> problem;  // why the list may be old
  };
  virtual State state() const = 0;
};

}  // namespace septet::kube
