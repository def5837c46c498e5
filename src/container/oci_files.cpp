#include "container/oci_files.h"

#include <algorithm>

#include "base/json.h"
#include "base/quoted.h"

namespace septet::container {

namespace {

constexpr const char* kState = "the container's state";
constexpr const char* kConfig = "the container's config.json";

std::unexpected<Error> bad(const char* which, const std::string& complaint) {
  return fail(Code::kInvalidArgument, std::string(which) + ": " + complaint,
              "is this called by an OCI runtime, as a prestart hook?");
}

Result<Json> parse_object(const char* which, std::string_view text, std::size_t most) {
  if (text.size() > most) return bad(which, "longer than " + std::to_string(most) + " bytes");
  Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return bad(which, "no JSON object");
  return json;
}

// nullptr: not there, or on the way to it something that is no object.
const Json* at(const Json& json, std::initializer_list<const char*> path) {
  const Json* here = &json;
  for (const char* const key : path) {
    if (!here->is_object()) return nullptr;
    const auto found = here->find(key);
    if (found == here->end()) return nullptr;
    here = &*found;
  }
  return here;
}

Result<std::string> path_of(const char* which, const Json* value, const char* name) {
  if (value == nullptr || !value->is_string()) return bad(which, std::string("no ") + name);
  auto path = value->get<std::string>();
  if (path.empty() || path.contains('\0'))
    return bad(which, std::string(name) + " is no path: " + quoted(path));
  return path;
}

}  // namespace

Result<OciState> parse_oci_state(std::string_view text) {
  const Json json = TRY(parse_object(kState, text, kMostStateBytes));
  OciState state;
  const Json* const pid = at(json, {"pid"});
  if (pid == nullptr || !pid->is_number_integer()) return bad(kState, "no pid");
  const auto number = pid->get<std::int64_t>();
  if (number < 2 || number > (1 << 22)) return bad(kState, "pid " + std::to_string(number));
  state.pid = static_cast<int>(number);
  const Json* const bundle = at(json, {"bundle"});
  state.bundle =
      TRY(path_of(kState, bundle != nullptr ? bundle : at(json, {"bundlePath"}), "bundle"));
  if (!state.bundle.starts_with('/')) return bad(kState, "bundle is not absolute");
  return state;
}

Result<OciConfig> parse_oci_config(std::string_view text) {
  const Json json = TRY(parse_object(kConfig, text, kMostConfigBytes));
  OciConfig config;
  config.root = TRY(path_of(kConfig, at(json, {"root", "path"}), "root.path"));
  if (const Json* const env = at(json, {"process", "env"}); env != nullptr && !env->is_null()) {
    if (!env->is_array()) return bad(kConfig, "process.env is no list");
    for (const Json& one : *env) {
      if (!one.is_string()) return bad(kConfig, "process.env holds what is no text");
      config.env.push_back(one.get<std::string>());
    }
  }
  const Json* const bounding = at(json, {"process", "capabilities", "bounding"});
  config.may_administer =
      bounding != nullptr && bounding->is_array() &&
      std::ranges::any_of(*bounding, [](const Json& one) { return one == Json("CAP_SYS_ADMIN"); });
  return config;
}

}  // namespace septet::container
