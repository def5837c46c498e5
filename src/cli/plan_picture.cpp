#include "cli/plan_picture.h"

#include <fmt/format.h>

#include "base/replace_file.h"

namespace septet::cli {

svg::DrawnInstance drawn_whole(const mig::Instance& instance) {
  svg::DrawnInstance drawn{std::string(instance.profile->name), instance.at.start, instance.at.size,
                           instance.profile->slices};
  drawn.compute = {{0, instance.profile->slices}};
  return drawn;
}

svg::Picture picture_of(const StrategyChoice& choice, const std::vector<StrategyOnKind>& kinds,
                        const mig::Geometry& geometry) {
  svg::Picture picture;
  picture.title = fmt::format("Strategy {}", choice.name);
  if (const auto strategy = plan::strategy_named(choice.name))
    picture.summary.emplace_back(plan::one_sentence(*strategy));
  picture.columns = {""};
  picture.sections.emplace_back();
  for (const StrategyOnKind& kind : kinds) {
    svg::Board board{geometry.units, "", {}};
    const mig::GpuInstanceProfile* last = nullptr;
    std::size_t keys = 0;
    for (const mig::GpuInstanceProfile* profile : kind.layout.profiles) {
      if (profile == last) continue;
      last = profile;
      for (const mig::Instance& instance : kind.layout.layout.instances()) {
        if (instance.profile != profile) continue;
        board.instances.push_back(drawn_whole(instance));
        board.instances.back().key = keys;
      }
      ++keys;
    }
    const std::string idle = fmt::format("idle: {} compute slices, {} memory units",
                                         kind.layout.idle_slices, kind.layout.idle_units);
    picture.sections[0].rows.push_back({kind.board, {idle}, {std::move(board)}});
    if (!kind.layout.impossible.empty()) picture.summary.push_back(kind.layout.impossible);
  }
  return picture;
}

Result<> draw(const std::string& file, const svg::Picture& picture, bool say) {
  if (file.empty()) return {};
  if (file == "-") {
    return fail(Code::kInvalidArgument, "--svg - : standard output is for the words of the plan",
                "name a file: --svg plan.svg");
  }
  TRY(replace_file(file, svg::to_svg(picture)));
  if (say) fmt::print("picture in {}\n", file);
  return {};
}

}  // namespace septet::cli
