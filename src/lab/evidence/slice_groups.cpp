#include "lab/evidence/slice_groups.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>

#include "lab/evidence/recipe.h"

namespace septet::lab::evidence {

namespace {

constexpr std::string_view kNoisyWorkload = "deepspeech2";

struct Trial {
  const Series* series = nullptr;
  std::vector<TimedProfile> shown, asked;
};
using Trials = std::vector<Trial>;

Trials from_smallest_and(std::span<const Series* const> all, bool three_too) {
  Trials trials;
  for (const Series* const series : all) {
    const auto& sizes = series->alone;
    if (sizes.size() < (three_too ? 4u : 3u) || sizes.back().profile->slices != 7) continue;
    const TimedProfile* const middle = three_too ? find_slices(sizes, 3) : nullptr;
    if (three_too && (middle == nullptr || middle == &sizes.front())) continue;
    Trial trial{series, {}, {}};
    for (const TimedProfile& one : sizes) {
      const bool shown = &one == &sizes.front() || &one == &sizes.back() || &one == middle;
      (shown ? trial.shown : trial.asked).push_back(one);
    }
    trials.push_back(std::move(trial));
  }
  return trials;
}

Trials each_from_all_others(std::span<const Series* const> all) {
  Trials trials;
  for (const Series* const series : all) {
    if (series->alone.size() < 4) continue;
    for (std::size_t held = 0; held < series->alone.size(); ++held) {
      Trial trial{series, series->alone, {series->alone[held]}};
      trial.shown.erase(trial.shown.begin() + static_cast<std::ptrdiff_t>(held));
      trials.push_back(std::move(trial));
    }
  }
  return trials;
}

std::optional<double> by_slices(const Series& series, const TimedProfile& asked) {
  const TimedProfile* const whole = find_slices(series.alone, 7);
  if (whole == nullptr || asked.profile->slices == 7) return std::nullopt;
  return whole->seconds * 7.0 / asked.profile->slices * 1e3;
}

class Scorer {
 public:
  explicit Scorer(const SliceTable& table) : table_(table) {}

  std::vector<Point> points(const Trials& trials, const Recipe& recipe, bool own_exponent) const {
    std::vector<Point> all;
    for (const Trial& trial : trials) add(trial, recipe, own_exponent, all);
    return all;
  }

  Point by_slices_alone(const Series& series, const TimedProfile& asked,
                        double milliseconds) const {
    Point point = asked_point(series, asked);
    point.predicted = milliseconds;
    point.calibrated_on = series.alone.back().profile->name;
    return point;
  }

 private:
  Point asked_point(const Series& series, const TimedProfile& asked) const {
    Point point;
    point.source = table_.source;
    point.workload = batch_text(series);
    point.configuration = asked.profile->name;
    point.unit = "ms";
    point.measured = asked.seconds * 1e3;
    return point;
  }

  void add(const Trial& trial, const Recipe& recipe, bool own_exponent,
           std::vector<Point>& into) const {
    double exponent = recipe.exponent(trial.series->batch);
    if (own_exponent) exponent = choose_exponent(trial.shown, recipe, exponent).exponent;
    const auto work = fit(trial.shown, exponent, recipe);
    if (!work) return;
    for (const TimedProfile& asked : trial.asked) {
      Point point = asked_point(*trial.series, asked);
      point.predicted = seconds_on(*work, asked.share) * 1e3;
      point.calibrated_on = names_of(trial.shown);
      point.naive = by_slices(*trial.series, asked);
      into.push_back(std::move(point));
    }
  }

  const SliceTable& table_;
};

// Half of the models, every second by name.
std::vector<std::string_view> every_second(std::span<const Series* const> all, std::size_t first) {
  std::vector<std::string_view> names;
  for (const Series* const series : all) names.push_back(series->workload);
  std::ranges::sort(names);
  names.erase(std::ranges::unique(names).begin(), names.end());
  std::vector<std::string_view> half;
  for (std::size_t i = first; i < names.size(); i += 2) half.push_back(names[i]);
  return half;
}

// As errors_of(scorer.points(...)).mean, without the words.
double mean_error(const Trials& trials, const Recipe& recipe) {
  std::vector<double> errors;
  for (const Trial& trial : trials) {
    const auto work = fit(trial.shown, recipe.exponent(trial.series->batch), recipe);
    if (!work) continue;
    for (const TimedProfile& asked : trial.asked)
      errors.push_back(seconds_on(*work, asked.share) / asked.seconds - 1.0);
  }
  return errors_of(errors).mean;
}

Recipe best_recipe(const Trials& trials) {
  constexpr std::array kSmall = {1.0, 1.5, 2.0, 3.0, 4.0};
  constexpr std::array kLarge = {1.0, 1.5, 2.0, 3.0};
  constexpr std::array kParts = {0.0, 0.25, 0.4};
  Recipe best;
  double least = std::numeric_limits<double>::infinity();
  for (const double small : kSmall) {
    for (const double large : kLarge) {
      for (const double part : kParts) {
        const Recipe recipe{small, large, part, 0.0};
        const double mean = mean_error(trials, recipe);
        if (mean >= least) continue;
        least = mean;
        best = recipe;
      }
    }
  }
  return best;
}

// Chosen on one half of the models, scored on the other, and the other way round.
Group held_out(const Scorer& scorer, std::span<const Series* const> all, const Trials& trials) {
  Group group;
  group.how = "chosen on the other models";
  group.chosen_on = ChosenOn::kOtherModels;
  group.note = "chosen:";
  for (const std::size_t first : {0u, 1u}) {
    const auto half = every_second(all, first);
    Trials chosen_on, scored;
    for (const Trial& trial : trials) {
      const bool in = std::ranges::find(half, trial.series->workload) != half.end();
      (in ? chosen_on : scored).push_back(trial);
    }
    const Recipe recipe = best_recipe(chosen_on);
    std::ranges::move(scorer.points(scored, recipe, false), std::back_inserter(group.points));
    group.note += fmt::format("{} p {} below batch {} and {} from there, bandwidth part {}",
                              first == 0 ? "" : "; other half", recipe.small_exponent, kLargeBatch,
                              recipe.large_exponent, recipe.bandwidth_part);
  }
  return group;
}

// reference/performance/model.md, section 4: as stated.
struct StatedOfTable {
  Stated naive, two, three, left_out;
};
const StatedOfTable kStatedInference = {{323, 1.14, 0.71, 2.55, kWhole, kWhole},
                                        {234, 0.059, 0.037, 0.143},
                                        {145, 0.041, 0.025, 0.104},
                                        {379, 0.058, 0.030, 0.15, kTenth, kWhole}};
const StatedOfTable kStatedTraining = {{98, 0.82, 0.60, 1.84, kWhole, kWhole},
                                       {70, 0.058, 0.037, 0.128},
                                       {42, 0.032, 0.026, 0.064},
                                       {114, 0.047, 0.031, 0.11, kTenth, kWhole}};

class Groups {
 public:
  Groups(const SliceTable& table, const std::string& id)
      : table_(table),
        id_(id),
        scorer_(table),
        stated_(table.training ? kStatedTraining : kStatedInference) {
    for (const Series& series : table.series) {
      if (series.workload != kNoisyWorkload) counted_.push_back(&series);
      all_.push_back(&series);
    }
  }

  std::vector<Group> run() {
    by_slice_count();
    const Trials two = from_smallest_and(counted_, false);
    test("two", "two profiles -> the others", two, stated_.two);
    Group held = held_out(scorer_, counted_, two);
    add("two-held-out", "two profiles -> the others", std::move(held), stated_.two);
    const Trials three = from_smallest_and(counted_, true);
    test("three", "three profiles -> the others", three, stated_.three);
    own_exponent("three", "three profiles -> the others", three, stated_.three);
    const Trials each = each_from_all_others(counted_);
    test("left-out", "each from all others", each, stated_.left_out);
    own_exponent("left-out", "each from all others", each, {});
    if (all_.size() > counted_.size()) with_the_noisy();
    return std::move(groups_);
  }

 private:
  void add(const std::string& id, const std::string& title, Group group, const Stated& stated) {
    group.id = id_ + "-" + id;
    group.section = table_.source;
    group.title = title;
    group.stated = stated;
    groups_.push_back(std::move(group));
  }

  void test(const std::string& id, const std::string& title, const Trials& trials,
            const Stated& stated) {
    Group survey;
    survey.how = "as the survey did";
    survey.chosen_on = ChosenOn::kSameTable;
    survey.recomputed = true;
    survey.points = scorer_.points(trials, survey_recipe(table_.training), false);
    add(id + "-survey", title, std::move(survey), stated);
    Group ours;
    ours.how = "as septet plans";
    ours.chosen_on = ChosenOn::kSameTable;
    ours.points = scorer_.points(trials, septet_recipe(table_.training), false);
    add(id + "-septet", title, std::move(ours), stated);
  }

  void own_exponent(const std::string& id, const std::string& title, const Trials& trials,
                    const Stated& stated) {
    Group own;
    own.how = "p by leave-one-out, as --fit";
    own.chosen_on = ChosenOn::kOwnPoints;
    own.points = scorer_.points(trials, septet_recipe(table_.training), true);
    add(id + "-fit", title, std::move(own), stated);
  }

  void by_slice_count() {
    Group naive;
    naive.how = "by slice count";
    naive.recomputed = true;
    for (const Series* const series : counted_) {
      for (const TimedProfile& asked : series->alone) {
        if (const auto ms = by_slices(*series, asked))
          naive.points.push_back(scorer_.by_slices_alone(*series, asked, *ms));
      }
    }
    add("naive", "7g -> the others", std::move(naive), stated_.naive);
  }

  void with_the_noisy() {
    Group group;
    group.how = "septet, with deepspeech2";
    group.chosen_on = ChosenOn::kSameTable;
    group.points =
        scorer_.points(from_smallest_and(all_, false), septet_recipe(table_.training), false);
    group.note = "deepspeech2's logs on 1g and 2g jump two to nine times without order";
    add("two-noisy", "two profiles -> the others", std::move(group), {});
  }

  const SliceTable& table_;
  const std::string& id_;
  Scorer scorer_;
  const StatedOfTable& stated_;
  std::vector<const Series*> counted_, all_;
  std::vector<Group> groups_;
};

}  // namespace

std::vector<Group> slice_groups(const SliceTable& table, const std::string& id) {
  return Groups(table, id).run();
}

}  // namespace septet::lab::evidence
