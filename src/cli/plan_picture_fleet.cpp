// cli/plan_picture_fleet.cpp — plans for many GPUs as pictures: one board for those that are alike.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>

#include "cli/fleet_text.h"
#include "cli/plan_picture.h"
#include "cli/services_text.h"

namespace septet::cli {

namespace {

std::string money(std::int64_t thousandths) {
  return fmt::format("{:.6g}", static_cast<double>(thousandths) / 1000);
}

std::string count_of(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

class FleetPainter {
 public:
  FleetPainter(const plan::Fleet& fleet, const plan::FleetPlan& plan) : fleet_(fleet), plan_(plan) {
    for (const plan::FleetShare& share : plan.shares)
      waiting_[{share.choice.product, share.choice.profile}].push_back(
          {share.demand, share.replicas});
  }

  std::vector<svg::Section> sections() {
    std::vector<svg::Section> sections;
    for (std::size_t p = 0; p < fleet_.pools.size(); ++p) sections.push_back(section(p));
    return sections;
  }

  std::vector<svg::KeyEntry> keys() const {
    std::vector<svg::KeyEntry> keys;
    for (std::size_t d = 0; d < fleet_.demands.size(); ++d) {
      const plan::Workload& workload = fleet_.demands[d].workload;
      keys.push_back({d, workload.name,
                      fmt::format("{}, {}", count_of(workload.replicas, "replica"),
                                  plan::to_string(workload))});
    }
    return keys;
  }

 private:
  struct Waiting {
    std::size_t demand = 0;
    std::uint64_t replicas = 0;
  };
  using Profile = std::pair<std::size_t, const mig::GpuInstanceProfile*>;  // of which product

  svg::Section section(std::size_t p) {
    const plan::Pool& pool = fleet_.pools[p];
    svg::Section section;
    section.heading = fleet_.products[pool.product].id;
    for (std::size_t i = 0; i < pool.held.size(); ++i)
      section.heading += (i == 0 ? " with " : " ") + mig::to_string(pool.held[i]);
    std::uint64_t used = 0;
    for (const plan::FleetRow& row : plan_.rows) {
      if (row.pool != p) continue;
      used += row.gpus;
      section.rows.push_back(drawn(pool, row));
    }
    section.note =
        fmt::format("{}: {} used, {} unused; cost {}", count_of(pool.gpus, "GPU"), used,
                    pool.gpus - used, money(pool.cost * static_cast<std::int64_t>(used)));
    return section;
  }

  svg::BoardRow drawn(const plan::Pool& pool, const plan::FleetRow& row) {
    svg::BoardRow out;
    out.label = count_of(row.gpus, "GPU");
    out.gpus = row.gpus;
    out.notes = {fmt::format("cost {}", money(pool.cost * static_cast<std::int64_t>(row.gpus)))};
    svg::Board board{fleet_.products[pool.product].geometry->units, "empty", {}};
    for (const mig::Instance& held : pool.held) {
      board.instances.push_back(drawn_whole(held));
      board.instances.back().fate = svg::Fate::kStays;
    }
    for (const mig::Instance& added : row.added) {
      board.instances.push_back(drawn_whole(added));
      board.instances.back().occupants = next_for({pool.product, added.profile}, row.gpus);
    }
    std::ranges::sort(board.instances, {}, &svg::DrawnInstance::start);
    out.boards.push_back(std::move(board));
    return out;
  }

  // Who gets the same instance of `gpus` GPUs.
  std::vector<svg::Occupant> next_for(const Profile& profile, std::uint64_t gpus) {
    std::vector<svg::Occupant> who;
    std::uint64_t left = gpus;
    for (Waiting& one : waiting_[profile]) {
      const std::uint64_t taken = std::min(left, one.replicas);
      if (taken == 0) continue;
      who.push_back({fleet_.demands[one.demand].workload.name, one.demand, taken});
      one.replicas -= taken;
      left -= taken;
    }
    if (left > 0) who.push_back({"(spare)", std::nullopt, left});
    std::ranges::stable_sort(who, std::ranges::greater{}, &svg::Occupant::gpus);
    if (who.size() == 1) who[0].gpus = 0;
    return who;
  }

  const plan::Fleet& fleet_;
  const plan::FleetPlan& plan_;
  std::map<Profile, std::vector<Waiting>> waiting_;
};

svg::Board board_of(const plan::ServicesPlan& plan, const plan::ServedGpu& gpu) {
  svg::Board board{plan.product->geometry.units, "empty", {}};
  for (const plan::ServedInstance& one : gpu.instances) {
    board.instances.push_back(drawn_whole(one.instance));
    svg::Occupant who{"(spare)"};
    if (one.service) who = {plan.services[*one.service].workload.name, *one.service};
    board.instances.back().occupants = {who};
  }
  return board;
}

std::string note_of(const plan::PlannedService& service) {
  std::string note;
  for (const plan::PlannedSize& size : service.chosen) {
    note += fmt::format("{}{} x {}", note.empty() ? "" : ", ", size.instances,
                        size.option.profile->name);
  }
  return service.sizes ? fmt::format("{:.4g}/s: {}", service.gives, note) : note;
}

}  // namespace

svg::Picture picture_of(const plan::Fleet& fleet, const plan::FleetPlan& plan,
                        const std::vector<plan::MoreGpus>& more) {
  svg::Picture picture;
  FleetPainter painter(fleet, plan);
  picture.columns = {""};
  picture.keys = painter.keys();
  if (plan.verdict != plan::FleetVerdict::kFits) {
    picture.title = "The fleet is too small";
    picture.summary = {too_small_text(fleet, plan, more)};
    return picture;
  }
  std::uint64_t used = 0, all = 0;
  for (const plan::FleetRow& row : plan.rows) used += row.gpus;
  for (const plan::Pool& pool : fleet.pools) all += pool.gpus;
  picture.title = fmt::format("{} of {}, cost {}", used, count_of(all, "GPU"), money(plan.cost));
  picture.summary = {plan.optimal() ? std::string("no plan costs less")
                                    : fmt::format("no plan costs less than {}", money(plan.bound))};
  picture.sections = painter.sections();
  return picture;
}

svg::Picture picture_of(const plan::ServicesPlan& plan) {
  svg::Picture picture;
  picture.title = fmt::format("{} of {}", count_of(plan.answer.gpus, "GPU"), plan.product->id);
  picture.summary = {proof_text(plan)};
  picture.columns = {""};
  for (std::size_t s = 0; s < plan.services.size(); ++s)
    picture.keys.push_back({s, plan.services[s].workload.name, note_of(plan.services[s])});
  std::map<std::string, std::size_t> row_of;  // by what is on the GPU, in words
  std::vector<svg::BoardRow>& rows = picture.sections.emplace_back().rows;
  for (const plan::ServedGpu& gpu : plan.gpus) {
    svg::Board board = board_of(plan, gpu);
    std::string words;
    for (const svg::DrawnInstance& instance : board.instances)
      words += svg::words_of(instance) + "\n";
    const auto [at, added] = row_of.emplace(words, rows.size());
    if (added) rows.push_back({"", {}, {std::move(board)}, 0});
    ++rows[at->second].gpus;
  }
  for (svg::BoardRow& row : rows) row.label = count_of(row.gpus, "GPU");
  return picture;
}

}  // namespace septet::cli
