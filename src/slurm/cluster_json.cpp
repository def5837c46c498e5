#include "slurm/cluster_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/json.h"
#include "base/quoted.h"
#include "publish/hostlist.h"

namespace septet::slurm {
namespace {

std::unexpected<Error> strange(const std::string& what) {
  return fail(Code::kUnavailable, "what Slurm says is not understood: " + what,
              "septet reads sinfo --json and squeue --json of Slurm 22.05 and later");
}

std::string in_case(std::string text, int (*turn)(int)) {
  std::ranges::transform(text, text.begin(),
                         [turn](unsigned char c) { return static_cast<char>(turn(c)); });
  return text;
}

// One object of a list, read field by field; the first trouble is kept.
class Fields {
 public:
  Fields(const Json& object, std::string path) : object_(object), path_(std::move(path)) {}

  bool is_list(const char* key) {
    const Json* const value = find(key);
    return value != nullptr && value->is_array();
  }

  std::string text(const char* key) {
    const Json* const value = find(key);
    if (value == nullptr || value->is_null()) return "";
    if (!value->is_string()) return wrong(key, "no text"), "";
    return value->get<std::string>();
  }

  std::int64_t number(const char* key) {
    const Json* value = find(key);
    if (value == nullptr) return 0;
    if (value->is_object()) {
      const auto inner = value->find("number");
      if (inner == value->end()) return wrong(key, "no number"), 0;
      value = &*inner;
    }
    if (value->is_null()) return 0;  // 22.05 writes what was not asked for as null
    if (!value->is_number_integer()) return wrong(key, "no number"), 0;
    return value->get<std::int64_t>();
  }

  std::uint64_t count(const char* key) {
    const std::int64_t value = number(key);
    if (value < 0) return wrong(key, "negative"), 0;
    return static_cast<std::uint64_t>(value);
  }

  // A list of words, or words between commas.
  std::vector<std::string> words(const char* key) {
    const Json* const value = find(key);
    std::vector<std::string> found;
    if (value == nullptr) return found;
    if (value->is_array()) {
      for (const Json& one : *value) {
        if (!one.is_string()) return wrong(key, "no list of words"), found;
        found.push_back(one.get<std::string>());
      }
      return found;
    }
    std::string rest = text(key);
    while (!rest.empty()) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      if (comma > 0) found.push_back(rest.substr(0, comma));
      rest.erase(0, comma + 1);
    }
    return found;
  }

  std::vector<publish::GresCount> gres(const char* key) {
    const std::string written = text(key);
    if (written == "N/A" || written == "(null)") return {};
    auto counts = publish::parse_gres(written);
    if (!counts) return wrong(key, counts.error().what), std::vector<publish::GresCount>{};
    return std::move(*counts);
  }

  void wrong(const char* key, const std::string& what) {
    if (!trouble_) trouble_ = fmt::format("{}.{}: {}", path_, key, what);
  }
  const std::optional<std::string>& trouble() const { return trouble_; }

 private:
  const Json* find(const char* key) {
    const auto found = object_.find(key);
    if (found != object_.end()) return &*found;
    wrong(key, "is not there");
    return nullptr;
  }

  const Json& object_;
  std::string path_;
  std::optional<std::string> trouble_;
};

SlurmNode node_from(Fields& of) {
  SlurmNode node;
  node.name = of.text("name");
  std::vector<std::string> state = of.words("state");
  if (state.empty()) of.wrong("state", "is empty");
  for (std::string& word : state) word = in_case(std::move(word), std::toupper);
  if (!state.empty()) node.state = in_case(state.front(), std::tolower);
  // 22.05 has the flags apart; later versions in the list of states.
  node.flags.assign(state.begin() + (state.empty() ? 0 : 1), state.end());
  if (!of.is_list("state"))
    for (std::string& flag : of.words("state_flags"))
      node.flags.push_back(in_case(std::move(flag), std::toupper));
  node.gres = of.text("gres");
  node.offers = of.gres("gres");
  node.used = of.gres("gres_used");
  node.features = of.words("features");
  node.cpus = of.count("cpus");
  node.alloc_cpus = of.count("alloc_cpus");
  node.sockets = of.count("sockets");
  node.cores = of.count("cores");
  node.threads = of.count("threads");
  node.weight = of.count("weight");
  node.real_memory_mib = of.count("real_memory");
  node.slurmd_start = of.number("slurmd_start_time");
  node.reason = of.text("reason");
  return node;
}

SlurmJob job_from(Fields& of) {
  SlurmJob job;
  job.id = of.count("job_id");
  const auto state = of.words("job_state");
  if (state.empty()) of.wrong("job_state", "is empty");
  if (!state.empty()) job.state = in_case(state.back(), std::toupper);
  job.name = of.text("name");
  job.user = of.text("user_name");
  job.partition = of.text("partition");
  job.reason = of.text("state_reason");
  job.nodes = of.text("nodes");
  job.required_nodes = of.text("required_nodes");
  job.features = of.text("features");
  job.per_node = of.gres("tres_per_node");
  job.gres_detail = of.words("gres_detail");
  job.node_count = std::max<std::uint64_t>(1, of.count("node_count"));
  job.cpus = of.count("cpus");
  job.priority = of.count("priority");
  job.submit = of.number("submit_time");
  job.depends = !of.text("dependency").empty();
  for (const char* key : {"tres_per_job", "tres_per_socket", "tres_per_task"})
    job.asks_otherwise = job.asks_otherwise || of.text(key).contains("gpu");
  return job;
}

Result<Json> document_of(std::string_view text, const char* list) {
  Json document = Json::parse(text, nullptr, false);
  if (document.is_discarded() || !document.is_object()) return strange("it is no JSON object");
  if (const auto errors = document.find("errors");
      errors != document.end() && errors->is_array() && !errors->empty())
    return strange("it tells errors: " + quoted(errors->dump()));
  const auto found = document.find(list);
  if (found == document.end() || !found->is_array())
    return strange(fmt::format("{} is no list", list));
  return document;
}

template <typename Value>
Result<std::vector<Value>> listed_in(std::string_view text, const char* list,
                                     Value (*read_one)(Fields&)) {
  const Json document = TRY(document_of(text, list));
  std::vector<Value> values;
  values.reserve(document[list].size());
  for (const Json& object : document[list]) {
    const std::string path = fmt::format("{}[{}]", list, values.size());
    if (!object.is_object()) return strange(path + " is no object");
    Fields fields(object, path);
    values.push_back(read_one(fields));
    if (fields.trouble()) return strange(*fields.trouble());
  }
  return values;
}

}  // namespace

bool SlurmNode::has(std::string_view flag) const {
  return std::ranges::find(flags, flag) != flags.end();
}

bool SlurmNode::up() const {
  const bool state_is_up = state == "idle" || state == "mixed" || state == "allocated";
  return state_is_up && !has("NOT_RESPONDING") && !has("INVALID_REG");
}

bool SlurmJob::holds_nodes() const {
  for (const char* held : {"RUNNING", "SUSPENDED", "COMPLETING", "CONFIGURING", "STOPPED",
                           "SIGNALING", "STAGE_OUT", "RESIZING"})
    if (state == held) return true;
  return false;
}

Result<std::vector<SlurmNode>> parse_slurm_nodes(std::string_view sinfo_json) {
  return listed_in<SlurmNode>(sinfo_json, "nodes", node_from);
}

Result<std::vector<SlurmJob>> parse_slurm_jobs(std::string_view squeue_json) {
  return listed_in<SlurmJob>(squeue_json, "jobs", job_from);
}

std::optional<std::vector<unsigned>> device_indices(std::string_view detail) {
  std::vector<unsigned> indices;
  bool any = false;
  for (std::size_t at = detail.find("(IDX:"); at != detail.npos;
       at = detail.find("(IDX:", at + 1)) {
    const std::string_view rest = detail.substr(at + 5);
    const std::string_view list = rest.substr(0, rest.find(')'));
    if (list == "N/A") continue;
    const auto numbers = publish::expand_hostlist("[" + std::string(list) + "]");
    if (!numbers) return std::nullopt;
    for (const std::string& number : *numbers)
      indices.push_back(static_cast<unsigned>(std::stoul(number)));
    any = true;
  }
  if (!any) return std::nullopt;
  return indices;
}

}  // namespace septet::slurm
