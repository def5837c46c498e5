#include "mig/profile_name.h"

#include <algorithm>
#include <charconv>

#include "base/nearest.h"
#include "base/quoted.h"

namespace septet::mig {

namespace {

constexpr const char* kGrammar = "write 3g.40gb, 1c.3g.40gb, 1g.10gb+me or a profile id";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Reads a lower-cased name from the front, piece by piece.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}
  bool done() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }

  bool word(std::string_view expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }
  std::optional<unsigned> number() {  // at most four digits: nothing real is larger
    unsigned value = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    const auto digits = static_cast<std::size_t>(end - rest_.data());
    if (error != std::errc() || digits > 4) return std::nullopt;
    rest_.remove_prefix(digits);
    return value;
  }

 private:
  std::string_view rest_;
};

// Spaces around the name and the words drivers and Kubernetes put in front of it mean nothing.
std::string normalized(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  std::string name(text.substr(0, 256));  // no name is near this long; the rest only costs time
  std::ranges::transform(name, name.begin(), lower);
  for (const std::string_view prefix : {"mig ", "mig-"}) {
    if (name.starts_with(prefix)) return name.substr(prefix.size());
  }
  return name;
}

std::unexpected<Error> not_a_name(std::string_view text, const std::string& why) {
  return fail(Code::kInvalidArgument, quoted(text) + " is not a profile name: " + why, kGrammar);
}

// One attribute onto `name`; what is wrong with it, or nothing.
std::string add_attribute(ProfileName& name, std::string_view attribute, bool minus) {
  if (attribute.empty()) return "an attribute is missing";
  if (minus && attribute != "me") return "only -me can be taken away";
  if (attribute == "gfx") {
    if (name.graphics) return "gfx is written twice";
    name.graphics = true;
    return {};
  }
  if (attribute != "me" && attribute != "me.all") {
    return "unknown attribute " + quoted(attribute) + " (known: me, me.all, gfx)";
  }
  if (name.media != Media::kPlain) return "media engines are named twice";
  name.media = minus ? Media::kNoMe : attribute == "me" ? Media::kMe : Media::kAllMe;
  return {};
}

std::string read_attributes(ProfileName& name, Reader& reader) {
  if (reader.done()) return {};
  const bool minus = reader.word("-");
  if (!minus && !reader.word("+") && !reader.word(".")) {
    return "after the memory size comes +, - or nothing, not " + quoted(reader.rest());
  }
  std::string_view list = reader.rest();
  while (true) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (auto wrong = add_attribute(name, list.substr(0, comma), minus); !wrong.empty())
      return wrong;
    if (comma == list.size()) return {};
    list.remove_prefix(comma + 1);
  }
}

// "1c.3g.": the slices in front; what is wrong with them, or nothing.
std::string read_slices(ProfileName& name, Reader& reader) {
  auto number = reader.number();
  if (!number) return "it does not start with a number of slices";
  if (reader.word("c.")) {
    name.compute_written = true;
    name.compute_slices = *number;
    number = reader.number();
    if (!number) return "a number of slices (the 3 of 3g) is missing after the compute part";
  }
  if (!reader.word("g.")) return "\"g.\" is missing after the number of slices";
  name.slices = *number;
  if (!name.compute_written) name.compute_slices = name.slices;
  if (name.slices == 0 || name.compute_slices == 0) return "it has zero slices";
  if (name.compute_slices > name.slices) return "the compute part is larger than the instance";
  return {};
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " or " : ", ";
    text += names[i];
  }
  return text;
}

std::unexpected<Error> no_such_profile(const Geometry& geometry, std::string_view text) {
  const auto near = nearest_names(geometry, text, 3);
  return fail(Code::kInvalidArgument, "this GPU has no profile " + quoted(text),
              near.empty() ? "list what it has: septet profiles" : "nearest: " + listed(near));
}

Result<const GpuInstanceProfile*> match_id(const Geometry& geometry, const std::string& digits) {
  std::uint32_t id = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), id);
  const GpuInstanceProfile* profile = error == std::errc() ? geometry.find_id(id) : nullptr;
  if (profile != nullptr) return profile;
  std::vector<std::string> known;
  for (const GpuInstanceProfile& row : geometry.profiles) {
    known.push_back(std::to_string(row.id) + " (" + std::string(row.name) + ")");
  }
  return fail(Code::kInvalidArgument, "this GPU has no profile with id " + quoted(digits),
              known.empty() ? "" : "ids here: " + listed(known));
}

// Drivers rename profiles by a few GB; anything further apart than an eighth is another profile.
bool near_size(unsigned a, unsigned b) {
  const unsigned larger = std::max(a, b);
  return (larger - std::min(a, b)) * 8 <= larger;
}

const GpuInstanceProfile* match_parsed(const Geometry& geometry, const ProfileName& wanted) {
  const GpuInstanceProfile* near = nullptr;
  unsigned near_count = 0;
  for (const GpuInstanceProfile& profile : geometry.profiles) {
    const auto name = parse_profile_name(profile.name);
    if (!name || name->slices != wanted.slices) continue;
    if (profile.media != wanted.media || profile.graphics != wanted.graphics) continue;
    if (name->gb == wanted.gb) return &profile;
    if (!near_size(name->gb, wanted.gb)) continue;
    near = &profile;
    ++near_count;
  }
  return near_count == 1 ? near : nullptr;
}

Result<const GpuInstanceProfile*> match_instance(const Geometry& geometry, const ProfileName& name,
                                                 std::string_view text) {
  const GpuInstanceProfile* profile = match_parsed(geometry, name);
  if (profile == nullptr) return no_such_profile(geometry, text);
  return profile;
}

}  // namespace

Result<ProfileName> parse_profile_name(std::string_view text) {
  const std::string plain = normalized(text);
  if (plain.empty()) return not_a_name(text, "it is empty");
  Reader reader(plain);
  ProfileName name;
  if (auto wrong = read_slices(name, reader); !wrong.empty()) return not_a_name(text, wrong);
  const auto gb = reader.number();
  if (!gb || !reader.word("gb")) {
    return not_a_name(text, "a memory size (the 40gb of 3g.40gb) is missing");
  }
  name.gb = *gb;
  if (auto wrong = read_attributes(name, reader); !wrong.empty()) return not_a_name(text, wrong);
  return name;
}

std::string to_string(const ProfileName& name) {
  std::string text;
  if (name.compute_written) text += std::to_string(name.compute_slices) + "c.";
  text += std::to_string(name.slices) + "g." + std::to_string(name.gb) + "gb";
  switch (name.media) {
    case Media::kPlain: return text + (name.graphics ? "+gfx" : "");
    case Media::kMe: text += "+me"; break;
    case Media::kAllMe: text += "+me.all"; break;
    case Media::kNoMe: text += "-me"; break;
  }
  return text + (name.graphics ? ",gfx" : "");
}

Result<const GpuInstanceProfile*> match_profile(const Geometry& geometry, std::string_view text) {
  const std::string plain = normalized(text);
  if (all_digits(plain)) return match_id(geometry, plain);
  if (const GpuInstanceProfile* exact = geometry.find_name(plain)) return exact;
  const auto name = parse_profile_name(text);
  if (!name) {
    Error error = name.error();
    if (const auto near = nearest_names(geometry, text, 3); !near.empty()) {
      error.remedy = "nearest: " + listed(near);
    }
    return std::unexpected(std::move(error));
  }
  if (name->compute_slices != name->slices) {
    ProfileName whole = *name;
    whole.compute_written = false;
    return fail(Code::kInvalidArgument,
                quoted(text) + " is a compute instance, a part of a GPU instance",
                "create " + to_string(whole) + " first, then the compute instance inside it");
  }
  return match_instance(geometry, *name, text);
}

Result<DeviceRequest> match_device(const Geometry& geometry, std::string_view text) {
  const auto name = parse_profile_name(text);
  if (!name || name->compute_slices == name->slices) {
    const GpuInstanceProfile* whole = TRY(match_profile(geometry, text));
    const ComputeInstanceProfile* filling = whole->default_compute();
    if (filling != nullptr) return DeviceRequest{whole, filling};
    return fail(Code::kNotSupported, "no default compute instance is known for " + quoted(text));
  }
  const GpuInstanceProfile* part_of = TRY(match_instance(geometry, *name, text));
  for (const ComputeInstanceProfile& compute : part_of->compute) {
    if (compute.slices == name->compute_slices) return DeviceRequest{part_of, &compute};
  }
  std::vector<std::string> known;
  for (const ComputeInstanceProfile& compute : part_of->compute) known.emplace_back(compute.name);
  return fail(Code::kInvalidArgument,
              std::string(part_of->name) + " has no compute instance of " +
                  std::to_string(name->compute_slices) + " slices",
              known.empty() ? "" : "inside it: " + listed(known));
}

Result<PlacedRequest> match_placed(const Geometry& geometry, std::string_view text) {
  const std::size_t colon = text.rfind(':');
  PlacedRequest request;
  request.profile = TRY(match_profile(geometry, text.substr(0, colon)));
  if (colon == std::string_view::npos) return request;
  const std::string_view digits = text.substr(colon + 1);
  std::uint8_t start = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), start);
  const bool number = all_digits(digits) && error == std::errc();
  if (number && request.profile->allows({start, request.profile->size})) {
    request.start = start;
    return request;
  }
  std::vector<std::string> starts;
  for (unsigned i = 0; i < 16; ++i) {
    if (((request.profile->starts >> i) & 1u) != 0) starts.push_back(std::to_string(i));
  }
  return fail(Code::kInvalidArgument,
              std::string(request.profile->name) + " cannot start at " + quoted(digits),
              starts.empty() ? "its placements are unknown" : "its starts: " + listed(starts));
}

std::vector<std::string> nearest_names(const Geometry& geometry, std::string_view text,
                                       unsigned count) {
  const std::string plain = normalized(text);
  std::vector<std::pair<std::size_t, std::string_view>> ranked;
  for (const GpuInstanceProfile& profile : geometry.profiles) {
    ranked.emplace_back(edit_distance(plain, profile.name), profile.name);
  }
  std::ranges::stable_sort(ranked, {}, &std::pair<std::size_t, std::string_view>::first);
  std::vector<std::string> names;
  for (const auto& [distance, name] : ranked) {
    if (names.size() == count) break;
    names.emplace_back(name);
  }
  return names;
}

}  // namespace septet::mig
