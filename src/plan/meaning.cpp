#include "plan/meaning.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/quoted.h"
#include "mig/profile_name.h"

namespace septet::plan {

namespace {

using Profile = const mig::GpuInstanceProfile*;

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool double_memory(const mig::GpuInstanceProfile& profile) {
  return profile.media == mig::Media::kPlain && !profile.graphics && !profile.classic();
}

// The profile here that is what `foreign` is there: same slices, same variant.
Profile counterpart(const mig::Geometry& geometry, const mig::GpuInstanceProfile& foreign) {
  for (const mig::GpuInstanceProfile& profile : geometry.profiles) {
    if (profile.slices == foreign.slices && profile.media == foreign.media &&
        profile.graphics == foreign.graphics && double_memory(profile) == double_memory(foreign)) {
      return &profile;
    }
  }
  return nullptr;
}

struct Elsewhere {
  Profile profile = nullptr;
  std::vector<std::string_view> products;  // that have it under this id or name
};

// All meanings of an id, or of an exact name, on the products we know.
std::vector<Elsewhere> elsewhere(std::string_view word) {
  std::uint32_t id = 0;
  const bool by_id = is_number(word) &&
                     std::from_chars(word.data(), word.data() + word.size(), id).ec == std::errc{};
  std::vector<Elsewhere> found;
  for (const mig::Product& product : mig::products()) {
    const Profile profile = by_id ? product.geometry.find_id(id) : product.geometry.find_name(word);
    if (profile == nullptr) continue;
    const auto same = std::ranges::find_if(
        found, [profile](const Elsewhere& other) { return other.profile->name == profile->name; });
    if (same == found.end()) {
      found.push_back({profile, {product.id}});
    } else {
      same->products.push_back(product.id);
    }
  }
  return found;
}

std::string products_text(const Elsewhere& there) {
  constexpr std::size_t kShown = 2;
  std::string text;
  for (std::size_t i = 0; i < std::min(kShown, there.products.size()); ++i) {
    text += fmt::format("{}{}", i == 0 ? "" : ", ", there.products[i]);
  }
  if (there.products.size() > kShown) text += ", ...";
  return text;
}

class Reader {
 public:
  explicit Reader(const mig::Geometry& geometry) : geometry_(geometry) {}

  Result<Meaning> run(const std::vector<std::string>& words) {
    for (const std::string& word : words) {
      std::string_view rest = word;
      const unsigned times = take_times(rest);
      if (times == 0 || times > kMostWishes) {
        return fail(Code::kInvalidArgument, quoted(word) + " asks for none, or for too many");
      }
      const Wish wish = TRY(read(std::string(rest)));
      meaning_.wishes.insert(meaning_.wishes.end(), times, wish);
      if (meaning_.wishes.size() > kMostWishes) {
        return fail(Code::kInvalidArgument, "more than 64 instances on one GPU");
      }
    }
    return std::move(meaning_);
  }

 private:
  static constexpr unsigned kMostWishes = 64;

  // "2x" in front of a profile, and takes it off.
  static unsigned take_times(std::string_view& word) {
    const std::size_t digits = word.find_first_not_of("0123456789");
    if (digits == 0 || digits == std::string_view::npos ||
        (word[digits] != 'x' && word[digits] != '*')) {
      return 1;
    }
    unsigned times = 0;
    if (std::from_chars(word.data(), word.data() + digits, times).ec != std::errc{}) return 0;
    word.remove_prefix(digits + 1);
    return times;
  }

  Result<Wish> read(const std::string& word) {
    auto placed = mig::match_placed(geometry_, word);
    if (placed) return Wish{placed->profile, placed->start};
    if (const Profile plain = by_slices(word)) return Wish{plain, {}};
    const std::string bare = word.substr(0, word.find(':'));
    // A profile of this product, so what is wrong is where it is to start.
    if (mig::match_profile(geometry_, bare)) return std::unexpected(std::move(placed).error());
    for (const Elsewhere& there : elsewhere(bare)) {
      const Profile here = counterpart(geometry_, *there.profile);
      if (here == nullptr) continue;
      foreign(bare, there, *here);
      return Wish{here, {}};
    }
    if (const auto there = elsewhere(bare); !there.empty()) {
      return fail(Code::kInfeasible,
                  fmt::format("{} is a profile of {} ({}); this product has nothing like it", bare,
                              products_text(there[0]), there[0].profile->name),
                  "list what it has: septet profiles");
    }
    if (is_number(bare)) TRY(taken_for_slices(bare));
    return std::unexpected(std::move(placed).error());
  }

  // "3g": the plain profile with that many slices.
  Profile by_slices(std::string_view word) const {
    unsigned slices = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), slices);
    if (error != std::errc{} || std::string_view(end, word.data() + word.size()) != "g")
      return nullptr;
    const auto found = std::ranges::find_if(geometry_.profiles, [slices](const auto& profile) {
      return profile.classic() && profile.slices == slices;
    });
    return found == geometry_.profiles.end() ? nullptr : &*found;
  }

  Result<> taken_for_slices(const std::string& word) {
    const Profile meant = by_slices(word + "g");
    if (meant == nullptr) return {};
    return fail(
        Code::kInvalidArgument,
        fmt::format("{} is no profile id of any product; ids are not numbers of slices", word),
        fmt::format("for {} slice{} write {} or its id {}", word, word == "1" ? "" : "s",
                    meant->name, meant->id));
  }

  void foreign(const std::string& word, const Elsewhere& there,
               const mig::GpuInstanceProfile& here) {
    meaning_.as_written = false;
    const std::string what = is_number(word)
                                 ? fmt::format("{} is no profile id here; it is {} on {}", word,
                                               there.profile->name, products_text(there))
                                 : fmt::format("{} is a profile of {}; here the same slices are {}",
                                               word, products_text(there), here.name);
    if (std::ranges::find(meaning_.traps, what, &Trap::what) != meaning_.traps.end()) return;
    meaning_.traps.push_back({what, fmt::format("write {} (id {})", here.name, here.id)});
  }

  const mig::Geometry& geometry_;
  Meaning meaning_;
};

std::string id_list(const std::vector<Profile>& profiles) {
  std::string text;
  for (const Profile profile : profiles)
    text += fmt::format("{}{}", text.empty() ? "" : ",", profile->id);
  return text;
}

// All of the ids exist on one of those products, so the list could have been written for it.
bool could_be_for(const Elsewhere& there, const std::vector<std::string>& ids) {
  return std::ranges::any_of(there.products, [&ids](std::string_view product) {
    const mig::Geometry& geometry = mig::find_product(product)->geometry;
    return std::ranges::all_of(ids, [&geometry](const std::string& id) {
      return is_number(id) && mig::match_profile(geometry, id).has_value();
    });
  });
}

// The id at `index` is an instance of another size on boards that have all ids of the list.
std::optional<Trap> other_meaning(const mig::Geometry& geometry,
                                  const std::vector<std::string>& words,
                                  const std::vector<Wish>& wishes, std::size_t index) {
  const Profile profile = wishes[index].profile;
  std::string what;
  Profile meant = nullptr;
  for (const Elsewhere& there : elsewhere(words[index])) {
    if (there.profile->slices == profile->slices || !could_be_for(there, words)) continue;
    what += fmt::format("{}{} on {}", what.empty() ? "" : ", ", there.profile->name,
                        products_text(there));
    if (meant == nullptr) meant = counterpart(geometry, *there.profile);
  }
  if (what.empty()) return std::nullopt;
  Trap trap{fmt::format("id {} is {} here, but {}", words[index], profile->name, what), {}};
  if (meant == nullptr) return trap;
  std::vector<Profile> list;
  for (const Wish& wish : wishes) list.push_back(wish.profile == profile ? meant : wish.profile);
  trap.instead =
      fmt::format("if you meant {}: nvidia-smi mig -cgi {} -C", count_text(list), id_list(list));
  return trap;
}

// The fullest wish that fits when all of one profile are taken for another.
std::optional<std::vector<Profile>> reread(const mig::Geometry& geometry,
                                           const std::vector<mig::Instance>& held,
                                           const std::vector<Wish>& wishes, Profile wrong) {
  std::optional<std::vector<Profile>> best;
  std::pair<unsigned, unsigned> best_size;
  for (const mig::GpuInstanceProfile& other : geometry.profiles) {
    if (!other.classic() || &other == wrong) continue;
    std::vector<Wish> read = wishes;
    std::vector<Profile> profiles;
    std::pair<unsigned, unsigned> size;
    for (Wish& wish : read) {
      if (wish.profile == wrong) wish = {&other, {}};
      profiles.push_back(wish.profile);
      size.first += wish.profile->slices;
      size.second += wish.profile->size;
    }
    if ((best && size <= best_size) || !explain(geometry, held, read).fits) continue;
    best = std::move(profiles);
    best_size = size;
  }
  return best;
}

}  // namespace

Result<Meaning> meaning_of(const mig::Geometry& geometry, const std::vector<std::string>& words) {
  return Reader(geometry).run(words);
}

std::vector<Trap> misread_ids(const mig::Geometry& geometry, const std::vector<mig::Instance>& held,
                              const std::vector<std::string>& words,
                              const std::vector<Wish>& wishes) {
  std::vector<Trap> traps;
  if (words.size() != wishes.size()) return traps;
  const bool fits = explain(geometry, held, wishes).fits;
  std::vector<Profile> said;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const Profile profile = wishes[i].profile;
    if (!is_number(words[i]) || std::ranges::find(said, profile) != said.end()) continue;
    said.push_back(profile);
    const auto count = std::ranges::count(wishes, profile, &Wish::profile);
    if (!fits && count > 1) {
      const auto meant = reread(geometry, held, wishes, profile);
      if (!meant) continue;
      traps.push_back(
          {fmt::format("id {} is {}, not a number of slices or units; was it meant as {}?",
                       words[i], profile->name, count_text(*meant)),
           fmt::format("nvidia-smi mig -cgi {} -C", id_list(*meant))});
      continue;
    }
    if (profile->size == geometry.units) continue;  // the whole GPU is the whole GPU everywhere
    if (auto trap = other_meaning(geometry, words, wishes, i)) traps.push_back(*std::move(trap));
  }
  return traps;
}

std::vector<Trap> command_traps(const SmiCommand& command, std::optional<unsigned> instances,
                                std::optional<unsigned> compute_instances) {
  std::vector<Trap> traps;
  const std::string on = command.gpus ? " -i " + *command.gpus : "";
  if (command.destroys_compute && !command.destroys_instances) {
    const std::string left = instances ? fmt::format("{} GPU instance{} of this GPU stay",
                                                     *instances, *instances == 1 ? "" : "s")
                                       : std::string("the GPU instances stay");
    traps.push_back({"-dci destroys compute instances only: " + left +
                         " and keep their memory, so the next -cgi finds no room",
                     fmt::format("nvidia-smi mig -dci{0} && nvidia-smi mig -dgi{0}", on)});
  }
  if (command.destroys_instances && !command.destroys_compute &&
      compute_instances.value_or(1) > 0) {
    traps.push_back(
        {"-dgi fails with \"In use by another client\" while a compute instance is left inside",
         fmt::format("nvidia-smi mig -dci{0} && nvidia-smi mig -dgi{0}", on)});
  }
  if (command.creates && !command.with_compute) {
    traps.push_back({"without -C the GPU instances stay empty: no MIG device appears",
                     "add -C, or run nvidia-smi mig -cci afterwards"});
  }
  const bool changes = command.creates || command.creates_compute || command.destroys_compute ||
                       command.destroys_instances;
  if (changes && !command.gpus) {
    traps.push_back(
        {"without -i this goes for every GPU with MIG on", "add -i and the index of the GPU"});
  }
  return traps;
}

}  // namespace septet::plan
