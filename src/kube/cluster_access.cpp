// Where the API server is for a pod of its cluster, and what counts as a server's address at all.
#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/quoted.h"
#include "kube/kubeconfig.h"

namespace septet::kube {
namespace {

constexpr const char* kServiceAccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";
constexpr std::size_t kMostSmallFile = std::size_t{64} << 10;

std::string variable(const char* name) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing of ours changes the environment
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "[::1]" || host == "127.0.0.1";
}

// "host" of "host:port/path"; an IPv6 address keeps its brackets.
std::string_view host_of(std::string_view rest) {
  rest = rest.substr(0, rest.find_first_of("/?#"));
  if (rest.starts_with('[')) return rest.substr(0, rest.find(']') + 1);
  return rest.substr(0, rest.find(':'));
}

}  // namespace

Result<> check_server(const std::string& server) {
  const bool secure = server.starts_with("https://");
  const bool plain = server.starts_with("http://");
  const std::string_view rest = std::string_view(server).substr(
      secure ? std::size_t{8} : std::min<std::size_t>(7, server.size()));
  const bool odd = std::ranges::any_of(server, [](unsigned char c) {
    return c <= ' ' || c >= 0x7f ||
           std::string_view("@?#\\\"'<>{}|^`").contains(static_cast<char>(c));
  });
  if ((!secure && !plain) || odd || host_of(rest).empty()) {
    return fail(Code::kInvalidArgument, quoted(server) + " is not the address of an API server",
                "it looks like https://10.0.0.1:6443, without a name and a password");
  }
  if (plain && !is_loopback(host_of(rest))) {
    return fail(Code::kInvalidArgument, server + ": without TLS only this machine itself is asked",
                "use https://");
  }
  return {};
}

Result<std::string> read_small_file(const std::string& path) {
  std::FILE* const file = std::fopen(path.c_str(), "rbe");
  if (file == nullptr) {
    const int why = errno;
    const Code code = why == ENOENT   ? Code::kNotFound
                      : why == EACCES ? Code::kNoPermission
                                      : Code::kUnavailable;
    return fail(code, "open " + path + ": " + strerrordesc_np(why));
  }
  std::string text(kMostSmallFile + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file));
  const bool failed = std::ferror(file) != 0;
  (void)std::fclose(file);  // was only read
  if (failed || text.size() > kMostSmallFile) {
    return fail(Code::kUnavailable, path + ": not a readable file of at most 64 KiB");
  }
  text.erase(text.find_last_not_of(" \n\r\t") + 1);
  return text;
}

Result<ApiAccess> service_account_access(const std::string& folder, const std::string& host,
                                         const std::string& port) {
  if (host.empty() || port.empty()) {
    return fail(Code::kNotFound, "not in a cluster: KUBERNETES_SERVICE_HOST and _PORT are not set",
                "run as a pod, or name a kubeconfig with --kubeconfig or KUBECONFIG");
  }
  ApiAccess access;
  const bool bare_v6 = host.contains(':') && !host.starts_with('[');
  access.server = "https://" + (bare_v6 ? "[" + host + "]" : host) + ":" + port;
  TRY(check_server(access.server));
  access.token_file = folder + "/token";
  access.authority_file = folder + "/ca.crt";
  const auto token = read_small_file(access.token_file);
  if (!token) {
    return fail_because(token.error(), "the pod has no service account token",
                        "leave automountServiceAccountToken on");
  }
  TRY(read_small_file(access.authority_file));
  access.name_space = read_small_file(folder + "/namespace").value_or("");
  return access;
}

Result<ApiAccess> in_cluster_access() {
  return service_account_access(kServiceAccountFolder, variable("KUBERNETES_SERVICE_HOST"),
                                variable("KUBERNETES_SERVICE_PORT"));
}

}  // namespace septet::kube
