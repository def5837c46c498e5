// septet explain — does a wish fit on a GPU; where; why not; what does instead; what a command
// would do.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/explain_text.h"
#include "cli/subject.h"
#include "cli/verb.h"

namespace septet::cli {

namespace {

struct Options {
  SubjectOptions subject;
  bool json = false;
  std::string cgi;
  std::vector<std::string> words;
};

struct Question {
  std::vector<std::string> profiles;
  std::optional<plan::SmiCommand> command;
};

Result<Question> question_of(const Options& options) {
  Question question;
  std::vector<std::string> words = options.words;
  if (!options.cgi.empty()) {
    if (!words.empty()) {
      return fail(Code::kInvalidArgument,
                  "--cgi takes its profiles as one list, and more words came after it",
                  "write --cgi 9,9,19, or the profiles without --cgi");
    }
    words = {"-cgi", options.cgi, "-C", "-i", "0"};
  }
  if (words.empty()) {
    return fail(Code::kInvalidArgument, "no profiles are named",
                "septet explain --product a100-80gb 3g.40gb 3g.40gb 1g.10gb");
  }
  if (!plan::looks_like_smi(words)) {
    question.profiles = std::move(words);
    return question;
  }
  question.command = TRY(plan::parse_smi(words));
  question.profiles = question.command->create;
  if (question.command->creates && question.profiles.empty()) {
    return fail(Code::kInvalidArgument, "-cgi names no profile");
  }
  return question;
}

Result<> fill_in_gpu(const Subject& subject, ExplainedWish& wish) {
  if (!subject.gpu) return {};
  wish.gpu = subject.gpu->index;
  const auto layout = TRY(mig::layout_of(*subject.gpu));
  wish.held = layout.instances();
  if (subject.gpu->mode != mig::MigMode::kOn) {
    wish.traps.push_back(
        {fmt::format("MIG mode of GPU {} is off", subject.gpu->index),
         fmt::format("turn it on first: nvidia-smi -i {} -mig 1", subject.gpu->index)});
  }
  return {};
}

Result<ExplainedWish> answer(const Subject& subject, const Question& question) {
  ExplainedWish wish;
  wish.board = subject.label;
  wish.geometry = subject.geometry;
  TRY(fill_in_gpu(subject, wish));
  if (question.command) {
    wish.command = true;
    wish.compute_too = question.command->with_compute;
    std::optional<unsigned> instances, compute;
    if (subject.gpu) {
      instances = static_cast<unsigned>(subject.gpu->instances.size());
      compute = subject.gpu->mig_device_count();
    }
    std::ranges::move(plan::command_traps(*question.command, instances, compute),
                      std::back_inserter(wish.traps));
  }
  if (question.profiles.empty()) return wish;
  wish.meaning = TRY(plan::meaning_of(*subject.geometry, question.profiles));
  wish.answer = plan::explain(*subject.geometry, wish.held, wish.meaning.wishes);
  wish.traps.insert(wish.traps.begin(), wish.meaning.traps.begin(), wish.meaning.traps.end());
  if (wish.meaning.as_written) {
    std::ranges::move(
        plan::misread_ids(*subject.geometry, wish.held, question.profiles, wish.meaning.wishes),
        std::back_inserter(wish.traps));
  }
  return wish;
}

Result<int> run_explain(const Globals& globals, const std::vector<std::string>& arguments) {
  Options options;
  options.json = globals.json;
  CLI::App app(
      "whether a wish fits on one GPU: where it goes, or why not and what does instead.\n"
      "Profiles by name, id or slices (3g.40gb, 9, 3g, 2x1g.10gb, 3g.40gb:4), or a whole "
      "nvidia-smi mig\n"
      "command: septet explain --product ID -- nvidia-smi mig -cgi 9,9,19 -C. Exit 0 yes, 3 no",
      "septet explain");
  add_subject_options(app, options.subject);
  app.add_option("--cgi", options.cgi,
                 "a list as for nvidia-smi mig -cgi: ids or names, run left to right");
  app.add_flag("--json", options.json, "for programs");
  app.add_option("PROFILE", options.words, "profiles, or after -- an nvidia-smi mig command");
  if (TRY(parse(app, arguments)).finished) return 0;
  const auto question = TRY(question_of(options));
  const bool driver_named = globals.simulated || globals.driver_path || app.count("--gpu") > 0;
  if (options.subject.product.empty() && !driver_named) {
    return fail(Code::kInvalidArgument, "on which board?",
                "--product ID takes it from the tables (septet products lists them), --gpu N asks "
                "the driver");
  }
  const auto subject = TRY(subject_of(globals, options.subject));
  const auto wish = TRY(answer(subject, question));
  fmt::print("{}", options.json ? to_text(explain_json(wish)) : explain_text(wish));
  return wish.yes() ? 0 : 3;
}

}  // namespace

extern const Verb kExplain{
    "explain", "whether a wish fits on a GPU, why not, and what does instead", run_explain};

}  // namespace septet::cli
