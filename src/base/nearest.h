// base/nearest.h — which known word did they mean?
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace septet {

std::size_t edit_distance(std::string_view a, std::string_view b);  // case-insensitive Levenshtein

// At most `count` of `known`, closest first: those that begin with `word`, and those within a third
// of its length (at least 2).
std::vector<std::string> nearest(std::string_view word, std::span<const std::string_view> known,
                                 std::size_t count);
// "did you mean a, b or c?"; "known: ..." with all (shortened) when nothing is near.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> known);

}  // namespace septet
