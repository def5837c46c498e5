// cli/plan_picture_compact.cpp — what a fleet runs, before and after it is gathered on fewer GPUs.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "cli/plan_picture.h"

namespace septet::cli {

namespace {

using plan::ProductCompaction;

// Colors are the profiles': a compaction knows no workloads.
class CompactPainter {
 public:
  CompactPainter(const plan::Fleet& fleet, const ProductCompaction& one,
                 std::map<std::string_view, std::size_t>& colors)
      : fleet_(fleet), one_(one), colors_(colors) {}

  svg::Section section() {
    svg::Section section;
    section.heading = fleet_.products[one_.product].id;
    const plan::Compaction& answer = one_.answer;
    section.note =
        fmt::format("{} GPUs in use before, {} after ({}); {} instances moved, {} memory units",
                    answer.used_before, answer.used,
                    answer.fewest_proven() ? "fewer cannot hold it" : "not proven to be the fewest",
                    answer.moved_instances, answer.moved_units);
    for (const plan::CompactedGpus& row : answer.rows) section.rows.push_back(drawn_row(row));
    return section;
  }

 private:
  svg::BoardRow drawn_row(const plan::CompactedGpus& row) {
    const plan::Pool& pool = fleet_.pools[one_.pools[row.group]];
    svg::BoardRow out;
    out.label = fmt::format("{} GPU{}", row.gpus, row.gpus == 1 ? "" : "s");
    out.gpus = row.gpus;
    if (!row.used && !row.leaves.empty()) out.notes = {"empty afterwards"};
    svg::Board before{fleet_.products[one_.product].geometry->units, "empty", {}};
    svg::Board after = before;
    for (const mig::Instance& held : pool.held) {
      before.instances.push_back(drawn(held, svg::Fate::kStays));
      after.instances.push_back(drawn(held, svg::Fate::kStays));
    }
    std::vector<mig::Instance> leaves = row.leaves;
    for (const mig::Instance& runs : pool.may_move) {
      const auto gone = std::ranges::find(leaves, runs);
      const bool stays = gone == leaves.end();
      if (!stays) leaves.erase(gone);
      before.instances.push_back(drawn(runs, stays ? svg::Fate::kStays : svg::Fate::kGoes));
      if (stays) after.instances.push_back(drawn(runs, svg::Fate::kStays));
    }
    for (const mig::Instance& arrives : row.arrives)
      after.instances.push_back(drawn(arrives, svg::Fate::kNew));
    for (svg::Board* const board : {&before, &after})
      std::ranges::sort(board->instances, {}, &svg::DrawnInstance::start);
    out.boards = {std::move(before), std::move(after)};
    return out;
  }

  svg::DrawnInstance drawn(const mig::Instance& instance, svg::Fate fate) {
    svg::DrawnInstance box = drawn_whole(instance);
    box.key = colors_.try_emplace(instance.profile->name, colors_.size()).first->second;
    box.fate = fate;
    return box;
  }

  const plan::Fleet& fleet_;
  const ProductCompaction& one_;
  std::map<std::string_view, std::size_t>& colors_;
};

// "wave 2: 3x 1g.10gb, 1x 3g.40gb".
void list_waves(const ProductCompaction& one, const std::string& product, svg::Picture& picture) {
  std::map<unsigned, std::map<std::string_view, std::uint64_t>> waves;
  for (const plan::InstanceMoves& move : one.answer.moves)
    waves[move.wave][move.profile->name] += move.instances;
  for (const auto& [wave, profiles] : waves) {
    std::string text = product + ":";
    for (const auto& [profile, instances] : profiles)
      text += fmt::format("{} {}x {}", text.back() == ':' ? "" : ",", instances, profile);
    picture.list.push_back({std::to_string(wave), text});
  }
}

}  // namespace

svg::Picture picture_of(const plan::Fleet& fleet, const std::vector<ProductCompaction>& answers) {
  svg::Picture picture;
  std::uint64_t before = 0, after = 0;
  std::map<std::string_view, std::size_t> colors;
  picture.columns = {"before", "after"};
  picture.list_heading = "Moves, wave by wave";
  for (const ProductCompaction& one : answers) {
    before += one.answer.used_before;
    after += one.answer.used;
    picture.sections.push_back(CompactPainter(fleet, one, colors).section());
    list_waves(one, fleet.products[one.product].id, picture);
  }
  for (const auto& [profile, color] : colors)
    picture.keys.push_back({color, std::string(profile), ""});
  std::ranges::sort(picture.keys, {}, &svg::KeyEntry::key);
  picture.title = fmt::format("Compaction: {} GPUs in use, {} afterwards", before, after);
  if (picture.list.empty()) picture.list_heading.clear();
  return picture;
}

}  // namespace septet::cli
