// kube/kubeconfig.h — from a kubeconfig's text, or a pod's folder, to what a client needs.
//
// Source. The fields of client-go's kubeconfig v1: clusters, users, contexts, current-context.
// Errors. kInvalidArgument with file and place; kNotFound: a name that is referred to is not there;
//         kNotSupported: what would run a program or change who asks (exec, auth-provider, as-...),
//         proxies and passwords.
#pragma once

#include <string>
#include <string_view>

#include "base/yaml.h"
#include "kube/api_client.h"

namespace septet::kube {

// Relative paths in the document are relative to `folder`.
Result<ApiAccess> parse_kubeconfig(const YamlDocument& document, const std::string& folder);
// `folder` holds token, ca.crt and namespace.
Result<ApiAccess> service_account_access(const std::string& folder, const std::string& host,
                                         const std::string& port);

// https://HOST[:PORT][/PATH] without name and password, or http:// to a loopback address (tests,
// kubectl proxy). kInvalidArgument otherwise.
Result<> check_server(const std::string& server);
// Standard alphabet, blanks allowed, padding needed. nullopt: not base64.
std::optional<std::string> decode_base64(std::string_view text);
// A whole small file (64 KiB), without blanks at its end. kNotFound, kNoPermission, kUnavailable.
Result<std::string> read_small_file(const std::string& path);

}  // namespace septet::kube
