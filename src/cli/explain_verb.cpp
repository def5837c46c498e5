// septet explain — does a wish fit on a GPU; where; why not; what does instead; what a command
// would do.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "cli/command_line.h"
#include "cli/explain_text.h"
#include "cli/subject.h"
#include "cli/verb.h"

namespace septet::cli {

namespace {

struct ExplainOptions {
  SubjectOptions subject;
  bool json = false;
  std::string cgi;
  std::vector<std::string> words;
};

struct Question {
  std::vector<std::string> profiles;
  std::optional<plan::SmiCommand> command;

  // What a command that creates nothing does is the same on every board.
  bool needs_board() const { return !command || !profiles.empty(); }
};

Result<Question> question_of(const ExplainOptions& options) {
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

Result<> fill_in_board(const Subject& subject, ExplainedWish& wish) {
  wish.board = subject.label;
  wish.geometry = subject.geometry;
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

// What the command does that people do not expect; `gpu` nullptr: none was asked.
void add_command(const plan::SmiCommand& command, const mig::Gpu* gpu, ExplainedWish& wish) {
  wish.command = true;
  std::optional<unsigned> instances, compute;
  if (gpu != nullptr) {
    instances = static_cast<unsigned>(gpu->instances.size());
    compute = gpu->mig_device_count();
  }
  std::ranges::move(plan::command_traps(command, instances, compute),
                    std::back_inserter(wish.traps));
}

// `subject` nullptr: no board was named, and the question needs none.
Result<ExplainedWish> answer(const Subject* subject, const Question& question) {
  ExplainedWish wish;
  if (subject != nullptr) TRY(fill_in_board(*subject, wish));
  if (question.command) {
    add_command(*question.command, subject != nullptr && subject->gpu ? &*subject->gpu : nullptr,
                wish);
  }
  if (subject == nullptr || question.profiles.empty()) return wish;
  wish.meaning = TRY(plan::meaning_of(*wish.geometry, question.profiles));
  wish.answer = plan::explain(*wish.geometry, wish.held, wish.meaning.wishes);
  if (!wish.answer->fits && subject->gpu && !wish.held.empty()) {
    wish.room =
        plan::make_room(*wish.geometry, plan::occupants_of(*subject->gpu), wish.meaning.wishes);
  }
  wish.traps.insert(wish.traps.begin(), wish.meaning.traps.begin(), wish.meaning.traps.end());
  if (wish.meaning.as_written) {
    std::ranges::move(
        plan::misread_ids(*wish.geometry, wish.held, question.profiles, wish.meaning.wishes),
        std::back_inserter(wish.traps));
  }
  return wish;
}

// The board that the words or the globals name; nullopt when they name none and none is needed.
Result<std::optional<Subject>> board_of(const Globals& globals, const SubjectOptions& options,
                                        bool gpu_named, const Question& question) {
  const bool driver_named = globals.simulated || globals.driver_path || gpu_named;
  if (!options.product.empty() || driver_named) return TRY(subject_of(globals, options));
  if (!question.needs_board()) return std::optional<Subject>{};
  return fail(Code::kInvalidArgument, "on which board?",
              "--product ID takes it from the tables (septet products lists them), --gpu N asks "
              "the driver");
}

Result<int> run_explain(const Globals& globals, const std::vector<std::string>& arguments) {
  ExplainOptions options;
  options.json = globals.json;
  CommandLine line(
      "whether a wish fits on one GPU: where it goes, or why not and what does instead.\n"
      "Profiles by name, id or slices (3g.40gb, 9, 3g, 2x1g.10gb, 3g.40gb:4), or a whole "
      "nvidia-smi mig\n"
      "command: septet explain --product ID -- nvidia-smi mig -cgi 9,9,19 -C. Exit 0 yes, 3 no",
      "septet explain");
  add_subject_options(line, options.subject);
  line.option("--cgi", options.cgi,
              "a list as for nvidia-smi mig -cgi: ids or names, run left to right");
  line.flag("--json", options.json, "for programs");
  line.option("PROFILE", options.words, "profiles, or after -- an nvidia-smi mig command");
  if (TRY(line.parse(arguments)).finished) return 0;
  const auto question = TRY(question_of(options));
  const auto subject = TRY(board_of(globals, options.subject, line.given("--gpu"), question));
  const auto wish = TRY(answer(subject ? &*subject : nullptr, question));
  fmt::print("{}", options.json ? to_text(explain_json(wish)) : explain_text(wish));
  return wish.yes() ? 0 : 3;
}

}  // namespace

extern const Verb kExplain{
    "explain", "whether a wish fits on a GPU, why not, and what does instead", run_explain};

}  // namespace septet::cli
