// Whom the client trusts: against a real TLS server, the openssl program's, with certificates made
// here.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "kube/api_client.h"
#include "kube/testing/fake_kubelet.h"

namespace septet::kube {
namespace {

std::string file_text(const std::string& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// `openssl s_server -WWW` answers GET /api/v1/nodes/n1 with that file below its folder.
class TlsServer {
 public:
  TlsServer(const std::string& folder, std::vector<std::string> arguments) {
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    std::vector<std::string> words = {"openssl", "s_server", "-accept", "127.0.0.1:0", "-WWW"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (auto& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    EXPECT_EQ(::posix_spawnp(&child_, "openssl", &actions, nullptr, argv.data(), environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    out_ = ::fdopen(ends[0], "r");
    char line[256];
    while (url_.empty() && std::fgets(line, sizeof(line), out_) != nullptr) {
      const std::string text = line;
      if (text.starts_with("ACCEPT")) {
        const auto colon = text.rfind(':');
        url_ = "https://127.0.0.1:" + std::to_string(std::stoi(text.substr(colon + 1)));
      }
    }
    EXPECT_FALSE(url_.empty()) << "openssl s_server did not start";
  }
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;
  ~TlsServer() {
    ::kill(child_, SIGTERM);
    ::waitpid(child_, nullptr, 0);
    std::fclose(out_);
  }
  const std::string& url() const { return url_; }

 private:
  pid_t child_ = -1;
  std::FILE* out_ = nullptr;
  std::string url_;
};

class TlsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    authority("ca");
    authority("stranger");
    certificate("server", "ca", "subjectAltName=IP:127.0.0.1");
    certificate("elsewhere", "ca", "subjectAltName=DNS:example.org");
    certificate("me", "ca", "extendedKeyUsage=clientAuth");
    std::filesystem::create_directories(at("api/v1/nodes"));
    std::ofstream(at("api/v1/nodes/n1")) << R"({"kind":"Node"})";
  }
  std::string at(const std::string& name) const { return folder_.at(name); }
  void run(const std::string& command) const {
    const std::string whole = "cd " + folder_.path() + " && " + command + " 2>errors";
    ASSERT_EQ(std::system(whole.c_str()), 0) << command << "\n" << file_text(at("errors"));
  }
  void authority(const std::string& name) const {
    run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "
        "/CN=" +
        name + " -keyout " + name + ".key -out " + name + ".crt");
  }
  void certificate(const std::string& name, const std::string& by, const std::string& extension) {
    std::ofstream(at(name + ".ext")) << extension << "\n";
    run("openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=" + name +
        " -keyout " + name + ".key -out " + name + ".csr");
    run("openssl x509 -req -days 2 -in " + name + ".csr -CA " + by + ".crt -CAkey " + by +
        ".key -CAcreateserial -extfile " + name + ".ext -out " + name + ".crt");
  }
  std::vector<std::string> shows(const std::string& name) const {
    return {"-cert", at(name + ".crt"), "-key", at(name + ".key")};
  }
  Result<Json> ask(const TlsServer& server, ApiAccess access) const {
    access.server = server.url();
    return TRY(ApiClient::open(std::move(access)))->get("/api/v1/nodes/n1");
  }
  ApiAccess trusting(const std::string& name) const {
    ApiAccess access;
    access.authority_file = at(name + ".crt");
    return access;
  }
  static void expect_untrusted(const Result<Json>& answer) {
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Code::kUnavailable);
    EXPECT_NE(answer.error().describe().find("SSL"), std::string::npos)
        << answer.error().describe();
  }
  testing::ScratchFolder folder_;
};

TEST_F(TlsTest, TheClustersAuthorityIsTrustedAndNoOther) {
  const TlsServer server(folder_.path(), shows("server"));
  const auto by_file = ask(server, trusting("ca"));
  ASSERT_TRUE(by_file) << by_file.error().describe();
  EXPECT_EQ((*by_file)["kind"], "Node");
  ApiAccess inline_data;
  inline_data.authority_pem = file_text(at("ca.crt"));
  EXPECT_TRUE(ask(server, inline_data));
  expect_untrusted(ask(server, trusting("stranger")));
  expect_untrusted(ask(server, {}));  // the system's authorities
  ApiAccess insecure = trusting("stranger");
  insecure.insecure = true;
  EXPECT_TRUE(ask(server, insecure)) << "a kubeconfig may say so";
}

TEST_F(TlsTest, ACertificateForAnotherNameIsNot) {
  const TlsServer server(folder_.path(), shows("elsewhere"));
  expect_untrusted(ask(server, trusting("ca")));
}

TEST_F(TlsTest, AClientCertificateIsShownFromFilesAndFromData) {
  auto arguments = shows("server");
  arguments.insert(arguments.end(),
                   {"-Verify", "1", "-CAfile", at("ca.crt"), "-verify_return_error"});
  const TlsServer server(folder_.path(), arguments);
  expect_untrusted(ask(server, trusting("ca")));
  ApiAccess files = trusting("ca");
  files.client_certificate_file = at("me.crt");
  files.client_key_file = at("me.key");
  const auto with_files = ask(server, files);
  EXPECT_TRUE(with_files) << with_files.error().describe();
  ApiAccess data = trusting("ca");
  data.client_certificate_pem = file_text(at("me.crt"));
  data.client_key_pem = file_text(at("me.key"));
  const auto with_data = ask(server, data);
  EXPECT_TRUE(with_data) << with_data.error().describe();
}

TEST_F(TlsTest, LessThanTls12IsRefused) {
  auto arguments = shows("server");
  arguments.insert(arguments.end(), {"-tls1_1", "-cipher", "ALL:@SECLEVEL=0"});
  const TlsServer server(folder_.path(), arguments);
  expect_untrusted(ask(server, trusting("ca")));
}

}  // namespace
}  // namespace septet::kube
