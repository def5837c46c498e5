#include "kube/kubeconfig.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/quoted.h"

namespace septet::kube {
namespace {

// Reads the members of one mapping of a kubeconfig; unknown ones are left alone, as client-go does.
class Fields {
 public:
  Fields(const YamlDocument& document, const YAML::Node& map, std::string folder)
      : document_(document), map_(map), folder_(std::move(folder)) {}

  YAML::Node child(const char* key) const {
    return map_.IsDefined() && map_.IsMap() ? map_[key] : YAML::Node(YAML::NodeType::Undefined);
  }
  bool has(const char* key) const {
    const YAML::Node node = child(key);
    return node.IsDefined() && !node.IsNull() && !(node.IsScalar() && node.Scalar().empty());
  }
  // Empty when it is not there.
  Result<std::string> text(const char* key) const {
    if (!has(key)) return std::string();
    return as_text(document_, child(key), key);
  }
  Result<std::string> path(const char* key) const {
    const std::string written = TRY(text(key));
    if (written.empty() || written.starts_with('/')) return written;
    return (std::filesystem::path(folder_) / written).lexically_normal().string();
  }
  // Certificates and keys written into the file.
  Result<std::string> blob(const char* key) const {
    const std::string written = TRY(text(key));
    const auto decoded = decode_base64(written);
    if (!decoded) {
      return fail_at(document_, child(key), std::string(key) + " is not base64",
                     "copy it from the cluster's kubeconfig again");
    }
    return *decoded;
  }
  Result<> refuse(std::initializer_list<const char*> keys, const std::string& remedy) const {
    for (const char* const key : keys) {
      if (!has(key)) continue;
      return fail(Code::kNotSupported,
                  where(document_, child(key)) + ": " + quoted(key) + " is not supported" +
                      told_of(child(key)),
                  remedy);
    }
    return {};
  }

 private:
  // Names the program that would have been run.
  static std::string told_of(const YAML::Node& node) {
    if (!node.IsMap()) return {};
    const YAML::Node command = node["command"];
    if (!command.IsDefined() || !command.IsScalar()) return {};
    return ": " + quoted(command.Scalar()) + " is not run";
  }
  const YamlDocument& document_;
  YAML::Node map_;
  std::string folder_;
};

// The entry called `name` of a list of {name: ..., <inner>: {...}}.
Result<YAML::Node> entry(const YamlDocument& document, const char* list, const char* inner,
                         const std::string& name) {
  const YAML::Node entries = document.root[list];
  if (entries.IsDefined() && entries.IsSequence()) {
    for (const YAML::Node& each : entries) {
      if (!each.IsMap()) continue;
      const YAML::Node called = each["name"];
      if (!called.IsDefined() || !called.IsScalar() || called.Scalar() != name) continue;
      const YAML::Node found = each[inner];
      if (found.IsDefined() && found.IsMap()) return found;
      return fail_at(document, each, quoted(name) + " has no " + inner);
    }
  }
  return fail(Code::kNotFound, document.name + ": " + list + " has no entry called " + quoted(name),
              "check current-context and what it names");
}

Result<> read_cluster(const Fields& cluster, ApiAccess& access) {
  TRY(cluster.refuse({"proxy-url", "tls-server-name"}, "name a server that is reached directly"));
  access.server = TRY(cluster.text("server"));
  while (access.server.ends_with('/')) access.server.pop_back();
  access.authority_pem = TRY(cluster.blob("certificate-authority-data"));
  if (access.authority_pem.empty()) {
    access.authority_file = TRY(cluster.path("certificate-authority"));
  }
  const std::string insecure = TRY(cluster.text("insecure-skip-tls-verify"));
  access.insecure = insecure == "true";
  return check_server(access.server);
}

Result<> read_user(const Fields& user, ApiAccess& access) {
  TRY(user.refuse(
      {"exec", "auth-provider"},
      "use a token, a token file or a client certificate, such as a service account's"));
  TRY(user.refuse({"username", "password", "as", "as-uid", "as-groups", "as-user-extra"},
                  "use a token, a token file or a client certificate of the user itself"));
  access.token_file = TRY(user.path("tokenFile"));
  if (access.token_file.empty()) access.token = TRY(user.text("token"));
  access.client_certificate_pem = TRY(user.blob("client-certificate-data"));
  access.client_key_pem = TRY(user.blob("client-key-data"));
  if (access.client_certificate_pem.empty()) {
    access.client_certificate_file = TRY(user.path("client-certificate"));
  }
  if (access.client_key_pem.empty()) access.client_key_file = TRY(user.path("client-key"));
  return {};
}

Result<> check_pair(const YamlDocument& document, const ApiAccess& access) {
  const bool certificate =
      !access.client_certificate_pem.empty() || !access.client_certificate_file.empty();
  const bool key = !access.client_key_pem.empty() || !access.client_key_file.empty();
  if (certificate == key) return {};
  return fail(Code::kInvalidArgument,
              document.name + ": a client " +
                  (key ? "key without its certificate" : "certificate without its key"));
}

}  // namespace

std::optional<std::string> decode_base64(std::string_view text) {
  std::string bytes;
  std::uint32_t group = 0;
  unsigned have = 0, padding = 0;
  for (const char c : text) {
    static constexpr std::string_view kAlphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if (std::string_view(" \n\r\t").contains(c)) continue;
    const auto value = kAlphabet.find(c);
    if (c == '=' ? (++padding > 2 || have < 2) : (value == std::string_view::npos || padding > 0)) {
      return std::nullopt;
    }
    group = (group << 6) | static_cast<std::uint32_t>(c == '=' ? 0 : value);
    if (++have < 4) continue;
    for (unsigned i = 0; i < 3 - padding; ++i) {
      bytes += static_cast<char>((group >> (16 - 8 * i)) & 255u);
    }
    have = 0;
    group = 0;
  }
  if (have != 0) return std::nullopt;
  return bytes;
}

Result<ApiAccess> parse_kubeconfig(const YamlDocument& document, const std::string& folder) {
  if (!document.root.IsDefined() || !document.root.IsMap()) {
    return fail(Code::kInvalidArgument, document.name + ": not a kubeconfig (a mapping)");
  }
  const Fields root(document, document.root, folder);
  const std::string current = TRY(root.text("current-context"));
  if (current.empty()) {
    return fail(Code::kInvalidArgument, document.name + ": no current-context is set",
                "kubectl config use-context NAME");
  }
  const YAML::Node contexts = TRY(entry(document, "contexts", "context", current));
  const Fields context(document, contexts, folder);
  ApiAccess access;
  access.name_space = TRY(context.text("namespace"));
  const std::string cluster = TRY(context.text("cluster"));
  const YAML::Node clusters = TRY(entry(document, "clusters", "cluster", cluster));
  TRY(read_cluster(Fields(document, clusters, folder), access));
  const std::string user = TRY(context.text("user"));
  if (!user.empty()) {
    const YAML::Node users = TRY(entry(document, "users", "user", user));
    TRY(read_user(Fields(document, users, folder), access));
  }
  TRY(check_pair(document, access));
  return access;
}

Result<ApiAccess> read_kubeconfig(const std::string& path) {
  if (path.contains(':') && !std::filesystem::exists(path)) {
    return fail(Code::kNotSupported, "a list of kubeconfig files: " + path,
                "name one file; kubectl config view --flatten merges them");
  }
  const auto document = TRY(read_yaml_file(path));
  return parse_kubeconfig(document, std::filesystem::absolute(path).parent_path().string());
}

}  // namespace septet::kube
