// kube/read_json.h — JSON from a peer that may be anything: a value or an error, in bounded time.
//
// Limits. 64 levels; 2000 members in one object (a lookup in our ordered objects goes through them
//         all): both looked at before anything is built. The caller bounds the bytes.
// Errors. kUnavailable, with the beginning of the text: whoever sent it is not what we asked for.
#pragma once

#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace septet::kube {

Result<Json> read_json(std::string_view text);

// The member of an object, or nullptr: not an object, not there.
const Json* member(const Json& value, std::string_view name);
// The text at a path of members ("metadata", "name"); empty when it is not there or no text.
std::string text_at(const Json& value, std::initializer_list<std::string_view> path);

}  // namespace septet::kube
